package dev.rollcall.server.replication;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.replication.Result.Failed;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Admits requests up to the limits, and an eighth more of those that make room, and sees to it that
 * each is answered by its deadline. Any thread.
 */
final class OpenRequests {
  private static final int RESERVED_PART = 8;

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
    return admit(new Size(sizeBytes, false), deadlineNanos, verdict, done);
  }

  /** As the other one, for a request that may use what is reserved. */
  <T> Optional<Pending<T>> admit(
      Size size, long deadlineNanos, Failed<T> verdict, Consumer<Result<T>> done) {
    if (isClosed) {
      done.accept(new Failed<>(Failure.NOT_READY, "this node is stopping"));
      return Optional.empty();
    }
    if (deadlineNanos - clock.nanoTime() <= 0) {
      done.accept(verdict);
      return Optional.empty();
    }
    if (!reserve(size)) {
      done.accept(new Failed<>(Failure.OVERLOADED, "as many requests are open as this node takes"));
      return Optional.empty();
    }
    var pending = new Pending<>(deadlineNanos, verdict, done, () -> release(size.bytes));
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

  /**
   * How much of the limits a request takes.
   *
   * @param bytes what it holds in memory
   * @param isReserved whether it passes when others do not: what takes something away, and so makes
   *     room, must not wait behind what adds
   */
  record Size(int bytes, boolean isReserved) {}

  private boolean reserve(Size size) {
    int requestsNow = requests.incrementAndGet();
    long bytesNow = bytes.addAndGet(size.bytes);
    int requestsMax = limits.requestsOpenMax();
    long bytesMax = limits.bytesOpenMax();
    if (size.isReserved) {
      requestsMax += Math.ceilDiv(requestsMax, RESERVED_PART);
      bytesMax += Math.ceilDiv(bytesMax, RESERVED_PART);
    }
    if (requestsNow <= requestsMax && bytesNow <= bytesMax) {
      return true;
    }
    release(size.bytes);
    return false;
  }

  private void release(int sizeBytes) {
    requests.decrementAndGet();
    bytes.addAndGet(-sizeBytes);
  }
}
