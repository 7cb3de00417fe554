package dev.rollcall.client.cache;

import dev.rollcall.client.transport.EventLoop;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** How far a cache can be trusted. */
public sealed interface CacheState {
  /** Whether this is {@link Live}. */
  default boolean isLive() {
    return this instanceof Live;
  }

  /**
   * Nothing was received yet.
   *
   * @param cause what is in the way, one line; empty when nothing is known to be
   */
  record Empty(String cause) implements CacheState {}

  /** Up to date, as far as a node can know that hears its leader. */
  record Live() implements CacheState {}

  /**
   * The last known state, which may be out of date: the registry is out of reach, or has no leader.
   * The instances stay as they are; a balancer's failure reports still help.
   *
   * @param since when it was last known to be up to date
   * @param cause one line
   */
  record Degraded(Instant since, String cause) implements CacheState {
    /** Since when: what is already degraded stays so since then. */
    static Degraded after(CacheState old, String cause, EventLoop loop) {
      Instant since =
          old instanceof Degraded degraded
              ? degraded.since()
              : Instant.EPOCH.plus(loop.wallMicros(), ChronoUnit.MICROS);
      return new Degraded(since, cause);
    }
  }
}
