package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Ready.SnapshotOffer;
import dev.rollcall.raft.driver.SnapshotMessage.FetchSnapshot;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotChunk;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotGone;
import dev.rollcall.raft.driver.SnapshotStaging.SnapshotRejected;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings another node's state here, one piece after the other, each asked for until it comes. One
 * fetch at a time: idle → fetching → installing → settling (until an entry was applied to the new
 * state, the old one is kept) → idle. A fetch that comes to nothing leaves nothing; the leader's
 * next offer begins another. Snapshot thread.
 */
final class SnapshotFetch {
  private final SnapshotConfig config;
  private final StateMachine<?> machine;
  private final Transport transport;
  private final LongSupplier applied;
  private final Consumer<SnapshotStaging> install;

  private @Nullable Fetch fetch;

  /** What was handed over for install, and not yet closed. */
  private @Nullable SnapshotStaging handedOver;

  private boolean isInstalled;

  /**
   * @param applied index of the last entry applied here
   * @param install has it done on the apply thread, and {@link #installed} or {@link #refused}
   *     called
   */
  SnapshotFetch(
      SnapshotConfig config,
      StateMachine<?> machine,
      Transport transport,
      LongSupplier applied,
      Consumer<SnapshotStaging> install) {
    this.config = config;
    this.machine = machine;
    this.transport = transport;
    this.applied = applied;
    this.install = install;
  }

  /** A leader says that this node needs a snapshot. */
  void offered(SnapshotOffer offer, long nowNanos) {
    boolean isInstalling = handedOver != null && !isInstalled;
    if (isInstalling || offer.last().index() <= applied.getAsLong()) {
      return;
    }
    var now = fetch;
    if (now != null && (now.isWorthwhile(offer) || now.isProgressing())) {
      return;
    }
    abandon();
    settle();
    fetch = new Fetch(offer.leader(), offer.last().index());
    fetch.ask(nowNanos);
  }

  /** A piece came. */
  void received(NodeId from, SnapshotChunk piece, long nowNanos) {
    var now = fetch;
    if (now == null || !now.awaits(from, piece)) {
      return;
    }
    try {
      if (now.add(piece)) {
        fetch = null;
        isInstalled = false;
        handedOver = now.whole();
        install.accept(now.whole());
      } else if (now.isOfUse()) {
        now.ask(nowNanos);
      } else {
        abandon();
      }
    } catch (SnapshotRejected e) {
      // Damaged on the way or where it came from; another one may be whole.
      abandon();
    }
  }

  /** The snapshot being fetched is no more. */
  void gone(NodeId from, SnapshotGone notice) {
    var now = fetch;
    if (now != null && now.isOf(from, notice.snapshotId())) {
      abandon();
    }
  }

  /** The state machine has switched to what was handed over. */
  void installed() {
    isInstalled = true;
  }

  /** The state machine was ahead of what was handed over, or leads: it is not needed any more. */
  void refused() {
    settle();
  }

  /** Asks again what was not answered; returns whether anything was done. */
  boolean advance(long nowNanos) {
    var staged = handedOver;
    if (staged != null && isInstalled && applied.getAsLong() > staged.start().previous().index()) {
      settle();
      return true;
    }
    var now = fetch;
    if (now == null || nowNanos - now.askAgainNanos < 0) {
      return false;
    }
    now.timeouts++;
    if (now.timeouts > config.patience()) {
      abandon();
    } else {
      now.ask(nowNanos);
    }
    return true;
  }

  /** How long until {@link #advance} may have something to do by itself. */
  long idleNanosMax(long nowNanos) {
    var now = fetch;
    return now == null ? Long.MAX_VALUE : Math.max(0, now.askAgainNanos - nowNanos);
  }

  /** Nothing will be installed any more. */
  void close() {
    abandon();
    settle();
  }

  private void abandon() {
    var now = fetch;
    fetch = null;
    if (now != null && now.staging != null) {
      now.staging.close();
    }
  }

  private void settle() {
    var staged = handedOver;
    handedOver = null;
    if (staged != null) {
      staged.close();
    }
  }

  /** One fetch from one node; of one snapshot, once the first piece has said which. */
  private final class Fetch {
    private final NodeId source;
    private final long fromIndex;
    private long snapshotId = SnapshotMessage.ANY;
    private @Nullable SnapshotStaging staging;
    private Payload position = Payload.EMPTY;
    private long askAgainNanos;
    private int timeouts;

    private Fetch(NodeId source, long fromIndex) {
      this.source = source;
      this.fromIndex = fromIndex;
    }

    private void ask(long nowNanos) {
      askAgainNanos = nowNanos + config.answerTimeout().toNanos();
      transport.send(source, new FetchSnapshot(snapshotId, fromIndex, position));
    }

    private boolean awaits(NodeId from, SnapshotChunk piece) {
      boolean isFirst = staging == null && piece.start().previous().index() >= fromIndex;
      return from.equals(source)
          && (isFirst || piece.snapshotId() == snapshotId)
          && piece.after().equals(position);
    }

    private boolean isOf(NodeId from, long id) {
      return from.equals(source) && id == snapshotId;
    }

    /** Returns whether it was the last one, and the state is whole. */
    private boolean add(SnapshotChunk piece) {
      var into = staging;
      if (into == null) {
        snapshotId = piece.snapshotId();
        into = machine.stage(piece.start());
        staging = into;
      }
      timeouts = 0;
      into.add(piece.chunk().bytes());
      position = piece.chunk().position();
      if (piece.chunk().isLast()) {
        into.finish();
      }
      return piece.chunk().isLast();
    }

    private SnapshotStaging whole() {
      if (staging == null) {
        throw new IllegalStateException("nothing was fetched");
      }
      return staging;
    }

    /** Whether this node has not come as far by itself meanwhile. */
    private boolean isOfUse() {
      return staging == null || staging.start().previous().index() > applied.getAsLong();
    }

    /** Whether the leader's log would go on behind it. */
    private boolean reaches(SnapshotOffer offer) {
      return staging == null
          ? fromIndex >= offer.last().index()
          : staging.start().previous().index() >= offer.last().index();
    }

    private boolean isWorthwhile(SnapshotOffer offer) {
      return source.equals(offer.leader()) && reaches(offer);
    }

    /** From a leader that was replaced meanwhile it is as good, as long as it comes. */
    private boolean isProgressing() {
      return timeouts == 0;
    }
  }
}
