package dev.rollcall.server.watch;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Two threads, while there is need of them, that read the change log for watches which the ring
 * does not reach back to. A watch has at most one read waiting, so that what waits is bounded as
 * they are.
 */
final class LogReads implements Executor, AutoCloseable {
  private static final int THREADS = 2;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().name("log-reads-", 0).daemon().factory());

  private final Consumer<Throwable> fatal;

  /**
   * Starts no thread yet.
   *
   * @param fatal told of a log that cannot be read, on the thread that should
   */
  LogReads(Consumer<Throwable> fatal) {
    this.fatal = fatal;
    threads.allowCoreThreadTimeOut(true);
  }

  /** Runs it there, soon. */
  @Override
  public void execute(Runnable read) {
    threads.execute(() -> {
      try {
        read.run();
      } catch (RuntimeException e) {
        fatal.accept(e);
      }
    });
  }

  /** Ends the threads, once what they read is read. */
  @Override
  public void close() {
    threads.getQueue().clear();
    threads.close();
  }
}
