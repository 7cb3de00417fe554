package dev.rollcall.raft.driver;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Lets in at most so many things of so many bytes together. Any thread. */
final class Gate {
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
    int countWithIt = count.incrementAndGet();
    long bytesWithIt = bytes.addAndGet(size);
    if (countWithIt <= countMax && bytesWithIt <= bytesMax) {
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
