package dev.rollcall.server.discovery;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One thread, while there is need of it, for answers that take a look at the rows: an event loop
 * never waits for a disk. Questions of people, not of programs: few may wait.
 */
public final class RowReads implements Executor, AutoCloseable {
  private static final int WAITING_MAX = 64;

  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING_MAX),
          Thread.ofPlatform().name("row-reads").daemon().factory());

  /** Starts no thread yet. */
  public RowReads() {
    thread.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs it there, soon.
   *
   * @throws RejectedExecutionException when too many wait, or it is closed
   */
  @Override
  public void execute(Runnable read) {
    thread.execute(read);
  }

  /** Ends the thread, once what it reads is read. */
  @Override
  public void close() {
    thread.close();
  }
}
