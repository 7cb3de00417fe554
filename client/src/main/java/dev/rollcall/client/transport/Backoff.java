package dev.rollcall.client.transport;

import java.time.Duration;

/**
 * Delays between attempts, doubling from a smallest to a largest one, each shortened by up to a
 * half at random so that clients do not move in step.
 */
public final class Backoff {
  private final EventLoop loop;
  private final Duration smallest;
  private final Duration largest;
  private final int firstStep;
  private int step;

  private Backoff(EventLoop loop, Duration smallest, Duration largest, int firstStep) {
    this.loop = loop;
    this.smallest = smallest;
    this.largest = largest;
    this.firstStep = firstStep;
    this.step = firstStep;
  }

  /** The first repeat comes at once: there is another node to try. */
  public static Backoff atOnceFirst(EventLoop loop, Duration smallest, Duration largest) {
    return new Backoff(loop, smallest, largest, -1);
  }

  /** Every repeat waits. */
  public static Backoff waiting(EventLoop loop, Duration smallest, Duration largest) {
    return new Backoff(loop, smallest, largest, 0);
  }

  /** Counts a failure and says how long to wait before the next attempt. */
  public Duration next() {
    int doublings = step++;
    if (doublings < 0) {
      return Duration.ZERO;
    }
    // 2^20 times the smallest is over any largest, and does not overflow.
    long nanos = Math.min(smallest.toNanos() << Math.min(doublings, 20), largest.toNanos());
    return Duration.ofNanos((long) (nanos * (0.5 + 0.5 * loop.random())));
  }

  /** Something worked: forgets the failures. */
  public void reset() {
    step = firstStep;
  }
}
