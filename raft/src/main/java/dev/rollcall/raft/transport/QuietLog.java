package dev.rollcall.raft.transport;

import dev.rollcall.raft.driver.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Warns of the same thing at most once a minute. Any thread. */
final class QuietLog {
  private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int THINGS_MAX = 1_000;

  private final Logger logger;
  private final Clock clock;

  /** When each thing may be warned of again; the oldest are forgotten. */
  private final Map<Object, Long> quietUntilNanos = new LinkedHashMap<>();

  QuietLog(Logger logger, Clock clock) {
    this.logger = logger;
    this.clock = clock;
  }

  /**
   * Logs the line, unless there was one about the same thing within a minute.
   *
   * @return whether it was logged
   */
  boolean warn(Object thing, String line) {
    if (!isDue(thing)) {
      return false;
    }
    logger.warn("{}", line);
    return true;
  }

  private synchronized boolean isDue(Object thing) {
    long now = clock.nanoTime();
    Long until = quietUntilNanos.get(thing);
    if (until != null && now - until < 0) {
      return false;
    }
    // Taken out first, so that it moves to the end.
    quietUntilNanos.remove(thing);
    quietUntilNanos.put(thing, now + INTERVAL_NANOS);
    if (quietUntilNanos.size() > THINGS_MAX) {
      quietUntilNanos.remove(quietUntilNanos.keySet().iterator().next());
    }
    return true;
  }
}
