package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Ready.SnapshotOffer;
import dev.rollcall.raft.driver.SnapshotMessage.FetchSnapshot;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotChunk;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotGone;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The side of large and slow things, so that neither the protocol nor the state machine waits for
 * them: sends this node's state to those who are too far behind ({@link SnapshotSource}), brings
 * another's here when this one is ({@link SnapshotFetch}), and says how much of the log the state
 * needs no more.
 *
 * <p>The state goes first, the log follows: a whole, verified state is switched to on the apply
 * thread, then the core hears of it and begins the log anew behind it. After a crash between the
 * two the state machine knows where the log is to begin ({@link StateMachine#installed}).
 */
@OwnedBy("snapshot")
public final class Snapshots implements Part {
  private static final int MESSAGES_MAX = 256;
  private static final long MESSAGE_BYTES_MAX = 64 << 20;

  private final Owner owner = new Owner();
  private final SnapshotConfig config;
  private final StateMachine<?> machine;
  private final Marks marks;
  private final Clock clock;
  private final SnapshotSource source;
  private final SnapshotFetch fetch;

  private final Bell bell = new Bell();
  private final Gate unreadMessages = new Gate(MESSAGES_MAX, MESSAGE_BYTES_MAX);
  private final WorkQueue<Work> work = new WorkQueue<>(bell);

  /** The last offer not looked at; each stands for those before. */
  private final AtomicReference<Optional<SnapshotOffer>> offer =
      new AtomicReference<>(Optional.empty());

  private long nextLookNanos;

  /**
   * @param firstId drawn; see {@link SnapshotSource}
   */
  Snapshots(
      SnapshotConfig config, Applier<?> applier, Transport transport, Clock clock, long firstId) {
    this.config = config;
    this.machine = applier.machine();
    this.marks = applier.marks();
    this.clock = clock;
    source =
        new SnapshotSource(
            config,
            transport,
            () -> applier.pin(taken -> work.add(new Work.Pinned(taken))),
            firstId,
            clock.nanoTime());
    fetch =
        new SnapshotFetch(
            config,
            machine,
            transport,
            marks::applied,
            staged -> applier.install(staged, isDone -> work.add(new Work.Installed(isDone))));
    nextLookNanos = clock.nanoTime();
  }

  /** A leader offers a snapshot that this node needs. Raft thread. */
  void offered(SnapshotOffer next) {
    offer.set(Optional.of(next));
    bell.ring();
  }

  /** Takes the message or drops it. Any thread. */
  void receive(NodeId from, SnapshotMessage message) {
    if (unreadMessages.tryEnter(bytesOf(message))) {
      work.add(new Work.Received(from, message));
    }
  }

  @Override
  public boolean runOnce() {
    owner.check();
    long now = clock.nanoTime();
    boolean worked = takeWork(now);
    worked |= source.advance(now);
    worked |= fetch.advance(now);
    worked |= look(now);
    return worked;
  }

  @Override
  public long idleNanosMax() {
    long now = clock.nanoTime();
    // While a snapshot is being taken nothing is looked up, and its coming wakes this part.
    long next = source.isPinning() ? Long.MAX_VALUE : Math.max(0, nextLookNanos - now);
    return Math.min(next, Math.min(source.idleNanosMax(now), fetch.idleNanosMax(now)));
  }

  @Override
  public void onWork(Runnable wakeUp) {
    bell.answeredBy(wakeUp);
  }

  /** The last turn, when nothing is applied any more: lets go of whatever is held. */
  void close() {
    owner.check();
    takeWork(clock.nanoTime());
    source.close();
    fetch.close();
  }

  private boolean takeWork(long now) {
    List<Work> taken = work.takeAll();
    for (Work each : taken) {
      switch (each) {
        case Work.Received(NodeId from, SnapshotMessage message) -> {
          unreadMessages.leave(bytesOf(message));
          received(from, message, now);
        }
        case Work.Pinned(var state) -> source.pinned(state, now);
        case Work.Installed(boolean isDone) -> {
          if (isDone) {
            fetch.installed();
          } else {
            fetch.refused();
          }
        }
      }
    }
    Optional<SnapshotOffer> offered = offer.getAndSet(Optional.empty());
    offered.ifPresent(each -> fetch.offered(each, now));
    return !taken.isEmpty() || offered.isPresent();
  }

  private void received(NodeId from, SnapshotMessage message, long now) {
    switch (message) {
      case FetchSnapshot request -> source.asked(from, request);
      case SnapshotChunk piece -> fetch.received(from, piece, now);
      case SnapshotGone notice -> fetch.gone(from, notice);
    }
  }

  /**
   * Says how far the log may be cut: behind what the state has made durable, and never behind a
   * snapshot that somebody fetches, who will need what follows on it.
   */
  private boolean look(long now) {
    if (now - nextLookNanos < 0 || source.isPinning()) {
      return false;
    }
    nextLookNanos = now + config.compactionPeriod().toNanos();
    long durable = machine.durableIndex();
    long compactable = Math.min(durable, source.pinnedIndex().orElse(durable));
    if (compactable > marks.compactable()) {
      marks.compactableUpTo(compactable);
    }
    return true;
  }

  private static long bytesOf(SnapshotMessage message) {
    return message instanceof SnapshotChunk piece ? piece.chunk().bytes().length() : 0;
  }

  private sealed interface Work {
    record Received(NodeId from, SnapshotMessage message) implements Work {}

    record Pinned(Optional<SnapshotSource.Pinned> state) implements Work {}

    /**
     * @param isDone else the state machine did not need it any more
     */
    record Installed(boolean isDone) implements Work {}
  }
}
