package dev.rollcall.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeaseClockTest {
  private final LeaseClock clock = new LeaseClock();

  @Test
  void movesWithTimeWhileLeadershipIsConfirmed() {
    clock.start(at(1_000));
    clock.confirmed(at(1_100));
    clock.confirmed(at(1_250));

    assertThat(clock.confirmedNanos()).isEqualTo(at(250));
  }

  @Test
  void standsStillWithoutConfirmation() {
    clock.start(at(1_000));
    clock.confirmed(at(1_100));

    assertThat(clock.confirmedNanos()).isEqualTo(at(100));
    assertThat(clock.presentNanos(at(60_000))).isEqualTo(at(300));
  }

  @Test
  void aPauseMovesItByOneStepAtMost() {
    clock.start(at(1_000));
    clock.confirmed(at(61_000));

    assertThat(clock.confirmedNanos()).isEqualTo(LeaseClock.STEP_NANOS_MAX);
  }

  @Test
  void standsStillWhileThisNodeDoesNotLead() {
    clock.start(at(1_000));
    clock.stop();
    clock.confirmed(at(1_100));

    assertThat(clock.confirmedNanos()).isZero();
    assertThat(clock.presentNanos(at(1_100))).isZero();
  }

  @Test
  void timeBetweenTwoLeadershipsDoesNotCount() {
    clock.start(at(1_000));
    clock.confirmed(at(1_100));
    clock.stop();
    clock.start(at(1_250));
    clock.confirmed(at(1_260));

    assertThat(clock.confirmedNanos()).isEqualTo(at(110));
  }

  @Test
  void neverGoesBackWhenTheClockDoes() {
    clock.start(at(1_000));
    clock.confirmed(at(900));

    assertThat(clock.confirmedNanos()).isZero();
    assertThat(clock.presentNanos(at(800))).isZero();
  }

  /** What a TTL rests on: between any moment and any later confirmation, no more than real time. */
  @Test
  void neverRunsFasterThanTimeFromAnyMomentOn() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    long now = at(1_000);
    clock.start(now);
    long countedFrom = now;
    long counted = clock.presentNanos(now);
    for (int i = 0; i < 10_000; i++) {
      now += at(random.nextInt(random.nextInt(10) == 0 ? 100_000 : 150));
      if (random.nextBoolean()) {
        clock.confirmed(now);
        assertThat(clock.confirmedNanos() - counted)
            .as("seed %d, step %d", seed, i)
            .isLessThanOrEqualTo(now - countedFrom);
      } else {
        countedFrom = now;
        counted = clock.presentNanos(now);
      }
    }
  }

  private static long at(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }
}
