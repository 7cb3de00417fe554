package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.driver.Clock;

/**
 * A node's view of virtual time: its monotonic clock is exact, its wall clock is off by a constant.
 */
final class SimClock implements Clock {
  private static final long EPOCH_MILLIS = 1_700_000_000_000L;

  private final VirtualTime time;
  private final long wallSkewMillis;

  SimClock(VirtualTime time, long wallSkewMillis) {
    this.time = time;
    this.wallSkewMillis = wallSkewMillis;
  }

  @Override
  public long nanoTime() {
    return time.nowNanos();
  }

  @Override
  public long wallMillis() {
    return EPOCH_MILLIS + time.nowNanos() / VirtualTime.MILLISECOND + wallSkewMillis;
  }
}
