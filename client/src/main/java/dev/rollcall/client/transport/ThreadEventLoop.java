package dev.rollcall.client.transport;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The event loop of a real client: one daemon thread named {@code rollcall-client}. */
public final class ThreadEventLoop implements EventLoop {
  private static final System.Logger LOG = System.getLogger("dev.rollcall.client");

  private final Thread[] thread = new Thread[1];
  private final ScheduledThreadPoolExecutor executor;

  /** Starts with the first task. */
  public ThreadEventLoop() {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, "rollcall-client");
              made.setDaemon(true);
              thread[0] = made;
              return made;
            },
            (task, closed) -> {}); // after close a late answer has nobody to go to
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(() -> runLogged(task));
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Future<?> future =
        executor.schedule(() -> runLogged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long wallMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  @Override
  public double random() {
    return ThreadLocalRandom.current().nextDouble();
  }

  @Override
  public <T> T await(CompletableFuture<T> future, Duration timeout)
      throws InterruptedException, TimeoutException, ExecutionException {
    if (Thread.currentThread() == thread[0]) {
      throw new IllegalStateException("a blocking call on the client's own thread");
    }
    return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    executor.shutdown();
  }

  /** A task that throws is a bug of the client; it must not take the timers of the rest with it. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  private static void runLogged(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "bug in the registry client", e);
    }
  }
}
