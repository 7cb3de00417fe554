package dev.rollcall.client.changes;

import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.watch.ChangesListener;
import dev.rollcall.client.watch.Watches;
import java.util.OptionalLong;
import java.util.concurrent.Executor;

/**
 * Every change of what is watched, from a revision on, told to one listener. A program that keeps
 * {@link #position} goes on later with {@link ChangeQuery#from(long, String)} from the revision
 * after it. Any thread.
 */
public final class ChangeFeed implements AutoCloseable {
  /** What waits for the listener; beyond it nothing more is taken from the node. */
  private static final int WAITING_BYTES_MAX = 1 << 20;

  /** What anything that waits costs beside its content. */
  private static final int CALL_BYTES = 256;

  private final EventLoop loop;
  private final Executor callbacks;
  private final Watches watches;
  private final ChangeListener listener;
  private final String namespace;
  private final Runnable forget;
  private volatile Position position = new Position(0, "");
  private volatile boolean isOver;

  // Owned by the loop.
  private ChangeQuery query;
  private String historyId = "";
  private int waitingBytes;
  private boolean isDegraded;
  private Runnable endOfWatch = () -> {};

  /**
   * How far the listener was told.
   *
   * @param revision everything up to it was told; 0 before that is known
   * @param historyId the history that it belongs to, in hexadecimal digits
   */
  public record Position(long revision, String historyId) {}

  /** For the client; the watches are this feed's alone. */
  ChangeFeed(
      EventLoop loop,
      Executor callbacks,
      Watches watches,
      String namespace,
      ChangeQuery query,
      ChangeListener listener,
      Runnable forget) {
    this.loop = loop;
    this.callbacks = callbacks;
    this.watches = watches;
    this.namespace = namespace;
    this.query = query;
    this.listener = listener;
    this.forget = forget;
  }

  /** On the loop. */
  void start() {
    endOfWatch = watches.watchChanges(namespace, query, new Told());
  }

  /** How far the listener was told. */
  public Position position() {
    return position;
  }

  /** Ends it: the listener is not called again. Does not block. */
  @Override
  public void close() {
    isOver = true;
    loop.execute(this::end);
  }

  /** On the loop. */
  void end() {
    isOver = true;
    endOfWatch.run();
    watches.close();
    forget.run();
  }

  private void tell(Runnable call, int bytes) {
    waitingBytes += bytes;
    callbacks.execute(() -> {
      try {
        if (!isOver) {
          call.run();
        }
      } finally {
        loop.execute(() -> heard(bytes));
      }
    });
  }

  private void heard(int bytes) {
    waitingBytes -= bytes;
    watches.heard();
  }

  /** The listener's answer to a gap. Callback thread. */
  private void answered(ChangeGap gap, OptionalLong goOnFrom) {
    if (goOnFrom.isEmpty()) {
      over(
          new RegistryException.Refused(
              Reason.named(gap.kind().name()),
              "the changes from revision " + gap.wantedRevision() + " on are not to be had",
              0,
              null));
      return;
    }
    loop.execute(() -> {
      if (!isOver) {
        query = query.from(goOnFrom.getAsLong(), gap.historyId());
        start();
      }
    });
  }

  private void over(RegistryException cause) {
    isOver = true;
    loop.execute(this::end);
    listener.ended(cause);
  }

  /** What the watch brings. On the loop. */
  private final class Told implements ChangesListener {
    @Override
    public void begun(long nextRevision, String history) {
      historyId = history;
      progress(nextRevision - 1, false);
    }

    @Override
    public void changed(RevisionChanges changes, int bytes) {
      var reached = new Position(changes.revision(), historyId);
      tell(
          () -> {
            try {
              listener.changed(changes);
            } finally {
              position = reached;
            }
          },
          CALL_BYTES + bytes);
    }

    @Override
    public void progressed(long revision) {
      progress(revision, true);
    }

    private void progress(long revision, boolean isNews) {
      var reached = new Position(revision, historyId);
      tell(
          () -> {
            position = reached;
            if (isNews) {
              listener.progressed(revision);
            }
          },
          CALL_BYTES);
    }

    @Override
    public long appliedRevision() {
      return position.revision();
    }

    @Override
    public boolean isFull() {
      return waitingBytes >= WAITING_BYTES_MAX;
    }

    @Override
    public void fresh() {
      if (isDegraded) {
        isDegraded = false;
        tell(listener::live, CALL_BYTES);
      }
    }

    @Override
    public void stale(String cause) {
      if (!isDegraded) {
        isDegraded = true;
        tell(() -> listener.degraded(cause), CALL_BYTES);
      }
    }

    @Override
    public void gap(ChangeGap gap) {
      tell(() -> answered(gap, listener.gap(gap)), 0);
    }

    @Override
    public void refused(RegistryException cause) {
      tell(() -> over(cause), 0);
    }
  }
}
