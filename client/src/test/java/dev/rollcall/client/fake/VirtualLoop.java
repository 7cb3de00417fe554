package dev.rollcall.client.fake;

import dev.rollcall.client.transport.EventLoop;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * The event loop on virtual time: everything happens on the test's thread, in an order that a seed
 * decides. Waiting runs what is due and moves the clock.
 */
public final class VirtualLoop implements EventLoop {
  private static final long WALL_START_MICROS = 1_700_000_000_000_000L;

  private static final int TASKS_AT_ONCE_MAX = 100_000;

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::atNanos).thenComparingLong(Task::number));
  private final Random random;
  private long nowNanos;
  private int tasksNow;
  private long lastNumber;

  public VirtualLoop(long seed) {
    this.random = new Random(seed);
  }

  private record Task(long atNanos, long number, Runnable action) {}

  @Override
  public void execute(Runnable task) {
    schedule(Duration.ZERO, task);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Task added = new Task(nowNanos + delay.toNanos(), ++lastNumber, task);
    tasks.add(added);
    return () -> tasks.remove(added);
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  @Override
  public long wallMicros() {
    return WALL_START_MICROS + nowNanos / 1_000;
  }

  @Override
  public double random() {
    return random.nextDouble();
  }

  @Override
  public <T> T await(CompletableFuture<T> future, Duration timeout)
      throws InterruptedException, TimeoutException, ExecutionException {
    if (!runUntil(future::isDone, timeout)) {
      throw new TimeoutException("after " + timeout);
    }
    return future.get();
  }

  @Override
  public void close() {
    tasks.clear();
  }

  /** Runs everything that is due in the next {@code duration}. */
  public void runFor(Duration duration) {
    long untilNanos = nowNanos + duration.toNanos();
    while (runNext(untilNanos)) {
      // on to the next
    }
    nowNanos = Math.max(nowNanos, untilNanos);
  }

  /** Runs what is due now. */
  public void settle() {
    runFor(Duration.ZERO);
  }

  /** Runs until the condition holds; false, with the time gone by, when it did not. */
  public boolean runUntil(BooleanSupplier condition, Duration timeout) {
    long untilNanos = nowNanos + timeout.toNanos();
    while (!condition.getAsBoolean()) {
      if (!runNext(untilNanos)) {
        nowNanos = Math.max(nowNanos, untilNanos);
        return condition.getAsBoolean();
      }
    }
    return true;
  }

  private boolean runNext(long untilNanos) {
    Task next = tasks.peek();
    if (next == null || next.atNanos > untilNanos) {
      return false;
    }
    tasks.remove();
    tasksNow = next.atNanos > nowNanos ? 0 : tasksNow + 1;
    if (tasksNow > TASKS_AT_ONCE_MAX) {
      throw new IllegalStateException("runs in circles without time going by");
    }
    nowNanos = Math.max(nowNanos, next.atNanos);
    next.action.run();
    return true;
  }
}
