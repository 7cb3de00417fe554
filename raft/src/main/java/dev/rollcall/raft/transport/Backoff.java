package dev.rollcall.raft.transport;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Pauses between attempts: doubling from 50 ms to 1 s, each drawn from the upper half, so that
 * members that lost each other at once do not come back at once. One thread.
 */
final class Backoff {
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final RandomGenerator random;
  private long nextNanos = FIRST_NANOS;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  long nextNanos() {
    long drawn = random.nextLong(nextNanos / 2, nextNanos + 1);
    nextNanos = Math.min(2 * nextNanos, LAST_NANOS);
    return drawn;
  }

  void reset() {
    nextNanos = FIRST_NANOS;
  }
}
