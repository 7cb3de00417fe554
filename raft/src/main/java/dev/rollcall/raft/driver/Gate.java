package dev.rollcall.raft.driver;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets in at most so many things of so many bytes together, and an eighth more of what must not
 * wait in line. Any thread.
 */
final class Gate {
  private static final int RESERVED_PART = 8;

  private final int countMax;
  private final long bytesMax;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  Gate(int countMax, long bytesMax) {
    this.countMax = countMax;
    this.bytesMax = bytesMax;
  }

  /** Whether one more was let in; if so it must {@link #leave} once. */
  boolean tryEnter(long size) {
    return tryEnter(size, countMax, bytesMax);
  }

  /** As {@link #tryEnter}, also when that is full. */
  boolean tryEnterReserved(long size) {
    return tryEnter(
        size,
        countMax + Math.ceilDiv(countMax, RESERVED_PART),
        bytesMax + Math.ceilDiv(bytesMax, RESERVED_PART));
  }

  /**
   * As {@link #tryEnter}, but what is larger than the bound enters where no other bytes are: else
   * it never would, however often it came.
   */
  boolean tryEnterOfAnySize(long size) {
    return tryEnter(size, countMax, Math.max(bytesMax, size));
  }

  private boolean tryEnter(long size, int upToCount, long upToBytes) {
    int countWithIt = count.incrementAndGet();
    long bytesWithIt = bytes.addAndGet(size);
    if (countWithIt <= upToCount && bytesWithIt <= upToBytes) {
      return true;
    }
    leave(size);
    return false;
  }

  /** One of this size has left. */
  void leave(long size) {
    count.decrementAndGet();
    bytes.addAndGet(-size);
  }
}
