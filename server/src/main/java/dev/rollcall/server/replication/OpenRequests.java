package dev.rollcall.server.replication;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.replication.Result.Failed;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Admits requests up to the limits and sees to it that each is answered by its deadline. Any
 * thread.
 */
final class OpenRequests {
  private final ReplicationLimits limits;
  private final Timers timers;
  private final Clock clock;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private volatile boolean isClosed;

  OpenRequests(ReplicationLimits limits, Timers timers, Clock clock) {
    this.limits = limits;
    this.timers = timers;
    this.clock = clock;
  }

  /**
   * Takes a request in, or answers it at once when it cannot be: over a limit, too late, stopping.
   *
   * @param sizeBytes what it holds in memory
   * @param verdict the answer if nothing happens until the deadline: nothing was executed
   */
  <T> Optional<Pending<T>> admit(
      int sizeBytes, long deadlineNanos, Failed<T> verdict, Consumer<Result<T>> done) {
    if (isClosed) {
      done.accept(new Failed<>(Failure.NOT_READY, "this node is stopping"));
      return Optional.empty();
    }
    if (deadlineNanos - clock.nanoTime() <= 0) {
      done.accept(verdict);
      return Optional.empty();
    }
    if (!reserve(sizeBytes)) {
      done.accept(new Failed<>(Failure.OVERLOADED, "as many requests are open as this node takes"));
      return Optional.empty();
    }
    var pending = new Pending<>(deadlineNanos, verdict, done, () -> release(sizeBytes));
    pending.watchedBy(timers.at(deadlineNanos, pending::expire));
    if (isClosed) {
      // close() may have run between the check above and the timer.
      pending.expire();
      return Optional.empty();
    }
    return Optional.of(pending);
  }

  /** Requests that wait for their answer. */
  int count() {
    return requests.get();
  }

  /** Admits nothing more and answers everything as if its deadline had come. */
  void close() {
    isClosed = true;
    timers.runAll();
  }

  private boolean reserve(int sizeBytes) {
    int requestsNow = requests.incrementAndGet();
    long bytesNow = bytes.addAndGet(sizeBytes);
    if (requestsNow <= limits.requestsOpenMax() && bytesNow <= limits.bytesOpenMax()) {
      return true;
    }
    release(sizeBytes);
    return false;
  }

  private void release(int sizeBytes) {
    requests.decrementAndGet();
    bytes.addAndGet(-sizeBytes);
  }
}
