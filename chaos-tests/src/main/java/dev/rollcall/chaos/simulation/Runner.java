package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Lets time pass, and gives up where it passes in vain. */
final class Runner {
  /** Ten times what is usual: who goes round in circles shall not do so for ever. */
  private static final long EVENTS_PER_SECOND_MAX = 30_000;

  /** How often somebody looks whether what is awaited has come. */
  private static final long LOOK_NANOS = MILLISECOND;

  private static final long EVENTS_SECONDS_MIN = 60;

  private final VirtualTime time;
  private final Totals totals;
  private final Supplier<String> details;

  /**
   * @param details of the world, for people who ask why something took too long
   */
  Runner(VirtualTime time, Totals totals, Supplier<String> details) {
    this.details = details;
    this.time = time;
    this.totals = totals;
  }

  long nowNanos() {
    return time.nowNanos();
  }

  void runUntil(long endNanos) {
    while (runNext(endNanos)) {}
  }

  void runFor(long nanos) {
    runUntil(time.nowNanos() + nanos);
  }

  /**
   * Goes on until something holds.
   *
   * @param promise name of what is broken when it does not come to hold
   * @param nanosMax virtual time it may take
   */
  void await(String promise, String what, long nanosMax, BooleanSupplier condition) {
    long end = time.nowNanos() + nanosMax;
    while (!condition.getAsBoolean()) {
      long lookNanos = Math.min(end, time.nowNanos() + LOOK_NANOS);
      runUntil(lookNanos);
      if (lookNanos == end && !condition.getAsBoolean()) {
        throw new Invariant.Broken(
            promise, nanosMax / SECOND + " s and not yet: " + what + details.get());
      }
    }
  }

  private boolean runNext(long end) {
    long seconds = EVENTS_SECONDS_MIN + time.nowNanos() / SECOND;
    if (totals.events++ > EVENTS_PER_SECOND_MAX * seconds) {
      throw new Invariant.Broken("ComesToAnEnd", totals.events + " events, and no end in sight");
    }
    return time.runNext(end);
  }
}
