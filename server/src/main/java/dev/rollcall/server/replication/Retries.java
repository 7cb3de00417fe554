package dev.rollcall.server.replication;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.RaftStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Requests that nobody has executed and that try again: once a leader is known, and after their
 * pause or as soon as it is another leader than before. Any thread; one short lock, not held while
 * they try.
 */
final class Retries {
  private final Clock clock;
  // Guarded by this.
  private List<Retry> waiting = new ArrayList<>();
  private long term;
  private Optional<NodeId> leader = Optional.empty();

  Retries(Clock clock) {
    this.clock = clock;
  }

  /** Tries again later, unless the request is answered by then. */
  void later(Pending<?> pending, Runnable attempt) {
    var retry = new Retry(pending, clock.nanoTime() + pending.nextPauseNanos(), attempt);
    synchronized (this) {
      waiting.add(retry);
    }
  }

  /** Lets those try whose time has come. */
  void run(RaftStatus status) {
    removeDue(status).forEach(retry -> retry.attempt.run());
  }

  /** How many wait. */
  synchronized int size() {
    return waiting.size();
  }

  private synchronized List<Retry> removeDue(RaftStatus status) {
    boolean isNews = term != status.term() || !leader.equals(status.leader());
    term = status.term();
    leader = status.leader();
    if (waiting.isEmpty()) {
      return List.of();
    }
    long now = clock.nanoTime();
    var due = new ArrayList<Retry>();
    var still = new ArrayList<Retry>();
    for (Retry retry : waiting) {
      // Those answered meanwhile go even without a leader, or a long outage would collect them all.
      if (retry.pending.isOpen()) {
        boolean isDue = leader.isPresent() && (isNews || retry.notBeforeNanos - now <= 0);
        (isDue ? due : still).add(retry);
      }
    }
    waiting = still;
    return due;
  }

  private record Retry(Pending<?> pending, long notBeforeNanos, Runnable attempt) {}
}
