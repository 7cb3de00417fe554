package dev.rollcall.client;

import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where code of users runs: listeners and continuations of futures, one at a time in the order of
 * what they hear of. Their exceptions are logged and end nothing.
 */
final class Callbacks implements Executor, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.rollcall.client");
  private static final long IDLE_SECONDS = 30;

  private final Executor executor;
  private final Runnable close;

  private Callbacks(Executor executor, Runnable close) {
    this.executor = executor;
    this.close = close;
  }

  /** A daemon thread named {@code rollcall-callbacks}, there only while it has something to do. */
  static Callbacks onThread() {
    var pool =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "rollcall-callbacks");
              thread.setDaemon(true);
              return thread;
            },
            (task, closed) -> {}); // nobody listens to a closed client
    pool.allowCoreThreadTimeOut(true);
    return new Callbacks(pool, pool::shutdown);
  }

  /** On somebody else's executor, which runs tasks one at a time in order. */
  static Callbacks on(Executor executor) {
    return new Callbacks(executor, () -> {});
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(() -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "a listener of the registry client failed", e);
      }
    });
  }

  /** What was enqueued still runs. */
  @Override
  public void close() {
    close.run();
  }
}
