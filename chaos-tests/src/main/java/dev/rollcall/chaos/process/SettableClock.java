package dev.rollcall.chaos.process;

import dev.rollcall.raft.driver.Clock;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The machine's clock, off by what it was set by. Set forward, both its readings leap. Set back,
 * the wall clock goes back; the other one, which never does, stands still until it is reached
 * again. Any thread.
 */
final class SettableClock implements Clock {
  private final AtomicLong aheadNanos = new AtomicLong();
  private final AtomicLong aheadMillis = new AtomicLong();
  private final AtomicLong shownNanos = new AtomicLong(System.nanoTime());

  @Override
  public long nanoTime() {
    long nanos = System.nanoTime() + aheadNanos.get();
    return shownNanos.accumulateAndGet(nanos, (shown, now) -> now - shown > 0 ? now : shown);
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis() + aheadMillis.get();
  }

  /** Sets it on from where it is, or back. */
  void set(ClockJump jump) {
    aheadNanos.addAndGet(jump.nanos());
    aheadMillis.addAndGet(jump.millis());
  }
}
