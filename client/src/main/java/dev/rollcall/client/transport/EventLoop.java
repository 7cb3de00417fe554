package dev.rollcall.client.transport;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The one thread that owns all mutable state of a client, with its clock and its dice: the edge
 * that tests replace by virtual time. Tasks run one at a time in the order they came; a task never
 * blocks and never calls user code. Any thread may call any method.
 */
public interface EventLoop extends AutoCloseable {
  /** Runs a task after those already enqueued; drops it when the loop is closed. */
  void execute(Runnable task);

  /** Runs a task after a delay, unless canceled or closed before. */
  Timer schedule(Duration delay, Runnable task);

  /** Nanoseconds since some moment; never goes back. */
  long nanoTime();

  /** Microseconds since 1970; may jump. */
  long wallMicros();

  /** Uniform in [0, 1). */
  double random();

  /**
   * Waits for a future that a task completes. Not from the loop itself.
   *
   * @throws TimeoutException when it is not complete in time
   * @throws ExecutionException when it completed with a failure
   * @throws IllegalStateException when called on the loop, which would wait for itself
   */
  <T> T await(CompletableFuture<T> future, Duration timeout)
      throws InterruptedException, TimeoutException, ExecutionException;

  /** Ends the thread after the tasks already running; timers never fire again. */
  @Override
  void close();

  /** A task that waits for its time. */
  interface Timer {
    /** Does nothing. */
    Timer NONE = () -> {};

    /** Makes sure the task does not run, unless it already did. */
    void cancel();
  }
}
