package dev.rollcall.raft.driver;

import java.time.Duration;

/** A clock that stands still until told. One thread. */
final class VirtualClock implements Clock {
  private long nanos = -1_000_000_000L;

  void advance(Duration by) {
    nanos += by.toNanos();
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long wallMillis() {
    return 1_700_000_000_000L + nanos / 1_000_000;
  }
}
