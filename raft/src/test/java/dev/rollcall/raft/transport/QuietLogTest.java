package dev.rollcall.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.driver.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

class QuietLogTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final QuietLog log =
      new QuietLog(
          NOPLogger.NOP_LOGGER,
          new Clock() {
            @Override
            public long nanoTime() {
              return nanos.get();
            }

            @Override
            public long wallMillis() {
              return 0;
            }
          });

  @Test
  void warnsOfTheSameThingOnceAMinute() {
    assertThat(log.warn("a", "line")).isTrue();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(59));
    assertThat(log.warn("a", "line")).isFalse();
    assertThat(log.warn("b", "line")).isTrue();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(log.warn("a", "line")).isTrue();
  }

  @Test
  void forgetsTheOldestOfVeryManyThings() {
    for (int i = 0; i <= 1_000; i++) {
      assertThat(log.warn(i, "line")).isTrue();
    }
    assertThat(log.warn(1_000, "line")).isFalse();
    assertThat(log.warn(0, "line")).isTrue();
  }
}
