package dev.rollcall.server.replication;

import dev.rollcall.raft.driver.Clock;
import java.time.Duration;

/** A clock that a test moves by hand. */
final class HandClock implements Clock {
  private long nanos = 1_000_000_000_000L;

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long wallMillis() {
    return 1_700_000_000_000L + nanos / 1_000_000;
  }

  void pass(Duration time) {
    nanos += time.toNanos();
  }

  /** The deadline of a request that waits this long. */
  long in(Duration time) {
    return nanos + time.toNanos();
  }
}
