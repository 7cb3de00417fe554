package dev.rollcall.server.replication;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Reads that wait until the state has reached a revision. Any thread; one short lock, not held
 * while a read is let go.
 */
final class RevisionWaits {
  // Guarded by this.
  private final PriorityQueue<Wait> waits =
      new PriorityQueue<>(Comparator.comparingLong(Wait::revision));
  // Guarded by this.
  private long revision;

  /** Runs {@code reached} once the revision is: now, or on the apply thread. */
  void await(long awaited, Pending<?> pending, Runnable reached) {
    synchronized (this) {
      if (awaited > revision) {
        waits.add(new Wait(awaited, pending, reached));
        return;
      }
    }
    reached.run();
  }

  /** The state has reached this revision. */
  void reached(long now) {
    removeReached(now).forEach(wait -> wait.reached.run());
  }

  /** Forgets reads that were answered otherwise. */
  synchronized void sweep() {
    waits.removeIf(wait -> !wait.pending.isOpen());
  }

  /** How many wait. */
  synchronized int size() {
    return waits.size();
  }

  private synchronized List<Wait> removeReached(long now) {
    revision = Math.max(revision, now);
    var reached = new ArrayList<Wait>();
    while (!waits.isEmpty() && waits.peek().revision <= now) {
      reached.add(waits.remove());
    }
    return reached;
  }

  private record Wait(long revision, Pending<?> pending, Runnable reached) {}
}
