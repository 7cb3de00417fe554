package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A clock shows what its rate, its stops and its leaps make of time, and never goes back. */
class SimClockTest {
  private final VirtualTime time = new VirtualTime();
  private final SimClock clock = new SimClock(time, SimClock.EXACT, 0);

  @Test
  void runsAtItsRate() {
    clock.rate(2 * SimClock.EXACT);
    pass(SECOND);
    assertThat(clock.nanoTime()).isEqualTo(2 * SECOND);
    assertThat(clock.delayNanos(SECOND)).isEqualTo(SECOND / 2);
  }

  @Test
  void standsStillAndLeaps() {
    pass(SECOND);
    clock.freeze(2 * SECOND, true);
    pass(SECOND);
    assertThat(clock.nanoTime()).isEqualTo(SECOND);
    pass(2 * SECOND);
    assertThat(clock.nanoTime()).isEqualTo(4 * SECOND);
  }

  @Test
  void standsStillAndGoesOnFromThere() {
    clock.freeze(2 * SECOND, false);
    pass(3 * SECOND);
    assertThat(clock.nanoTime()).isEqualTo(SECOND);
  }

  @Test
  void leaseTimeTakesAStepOfALeap() {
    clock.freeze(2 * SECOND, true);
    pass(3 * SECOND);
    assertThat(clock.leaseNanosMaxAt(SECOND)).isZero();
    assertThat(clock.leaseNanosMaxAt(3 * SECOND)).isEqualTo(SECOND + 200 * MILLISECOND);
  }

  @Test
  void aJumpOfTheWallClockLeavesTheOtherAlone() {
    long before = clock.wallMillis();
    clock.jump(-5000);
    assertThat(clock.wallMillis()).isEqualTo(before - 5000);
    assertThat(clock.nanoTime()).isZero();
  }

  @Test
  void neverGoesBackAndIsWhereTheDelayPromised() {
    var random = new SplittableRandom(7);
    long last = 0;
    for (int i = 0; i < 10_000; i++) {
      switch (random.nextInt(4)) {
        case 0 -> clock.rate(random.nextLong(500_000, 2_000_000));
        case 1 -> clock.freeze(random.nextLong(SECOND), random.nextBoolean());
        case 2 -> clock.mend();
        default -> {
          long by = random.nextLong(SECOND);
          long to = clock.nanoTime() + by;
          pass(clock.delayNanos(by));
          assertThat(clock.nanoTime()).as("step %d", i).isGreaterThanOrEqualTo(to);
        }
      }
      pass(random.nextLong(SECOND / 10));
      assertThat(clock.nanoTime()).as("step %d", i).isGreaterThanOrEqualTo(last);
      last = clock.nanoTime();
    }
  }

  private void pass(long nanos) {
    time.runNext(time.nowNanos() + nanos);
  }
}
