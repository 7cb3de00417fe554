package dev.rollcall.chaos.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way of bytes from one node to another, whoever of the two opened the connection: open or cut,
 * with a delay. Any thread.
 */
final class Way {
  // No monitor: what waits here are virtual threads.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean isCut;
  private long delayNanos;

  void cut() {
    set(true, delayNanos);
  }

  void heal() {
    set(false, delayNanos);
  }

  /** For what sets out from now on. */
  void delay(Duration delay) {
    set(isCut, delay.toNanos());
  }

  /** When something that sets out now arrives, unless the way is cut then. */
  long arrivalNanos() {
    lock.lock();
    try {
      return System.nanoTime() + delayNanos;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for an arrival, and for as long as the way is cut. */
  void awaitArrival(long arrivalNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        long left = arrivalNanos - System.nanoTime();
        if (isCut) {
          changed.await();
        } else if (left > 0) {
          changed.await(left, TimeUnit.NANOSECONDS);
        } else {
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void set(boolean cut, long nanos) {
    lock.lock();
    try {
      isCut = cut;
      delayNanos = nanos;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
