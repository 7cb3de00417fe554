package dev.rollcall.server.replication;

import dev.rollcall.server.replication.Result.Failed;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request that waits for its answer, which is given exactly once, by whoever comes first: the
 * outcome, a failure, or the deadline. Any thread; the answer is given outside the lock.
 *
 * @param <T> what success yields
 */
final class Pending<T> {
  private static final long PAUSE_MIN_NANOS = 20_000_000;
  private static final int PAUSE_DOUBLINGS_MAX = 3;

  private final long deadlineNanos;
  private final Consumer<Result<T>> done;
  private final Runnable released;
  // Guarded by this.
  private Failed<T> verdict;
  private boolean isAnswered;
  private int pauses;
  private Timers.@Nullable Timer timer;

  /**
   * A request just admitted.
   *
   * @param verdict the answer if the deadline came now
   * @param released run once it is answered, before {@code done}
   */
  Pending(long deadlineNanos, Failed<T> verdict, Consumer<Result<T>> done, Runnable released) {
    this.deadlineNanos = deadlineNanos;
    this.verdict = verdict;
    this.done = done;
    this.released = released;
  }

  /** When it will be answered at the latest, on the node's clock. */
  long deadlineNanos() {
    return deadlineNanos;
  }

  /** Whether the answer is still to come. */
  synchronized boolean isOpen() {
    return !isAnswered;
  }

  /**
   * From now on this is the answer if the deadline comes. In one step with the question whether it
   * has come: a write that is not open any more must not be proposed.
   *
   * @return whether the answer is still to come
   */
  synchronized boolean expect(Failed<T> failure) {
    verdict = failure;
    return !isAnswered;
  }

  /** Success. */
  void done(T value) {
    answer(new Result.Done<>(value));
  }

  /** Failure before the deadline. */
  void fail(Failed<T> failure) {
    answer(failure);
  }

  /** The deadline has come. */
  void expire() {
    Failed<T> failure;
    synchronized (this) {
      failure = verdict;
      if (!close()) {
        return;
      }
    }
    give(failure);
  }

  /** How long to wait before trying again; doubles from 20 to 160 ms. */
  synchronized long nextPauseNanos() {
    long pause = PAUSE_MIN_NANOS << pauses;
    pauses = Math.min(pauses + 1, PAUSE_DOUBLINGS_MAX);
    return pause;
  }

  /** The timer of the deadline, cancelled with the answer. */
  void watchedBy(Timers.Timer deadline) {
    synchronized (this) {
      if (!isAnswered) {
        timer = deadline;
        return;
      }
    }
    deadline.cancel();
  }

  private void answer(Result<T> result) {
    synchronized (this) {
      if (!close()) {
        return;
      }
    }
    give(result);
  }

  private synchronized boolean close() {
    boolean isFirst = !isAnswered;
    isAnswered = true;
    return isFirst;
  }

  private void give(Result<T> result) {
    Timers.@Nullable Timer deadline;
    synchronized (this) {
      deadline = timer;
      timer = null;
    }
    if (deadline != null) {
      deadline.cancel();
    }
    released.run();
    done.accept(result);
  }
}
