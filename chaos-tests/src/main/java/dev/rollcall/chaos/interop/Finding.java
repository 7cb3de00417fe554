package dev.rollcall.chaos.interop;

import java.time.Duration;
import java.util.Optional;

/**
 * That something happened, and how long it took.
 *
 * @param client whose program it was about
 * @param isLeaderKilled whether the leader was killed just before
 * @param bound what it may take; empty when nothing is promised
 */
record Finding(
    String scenario,
    Client client,
    boolean isLeaderKilled,
    Duration took,
    Optional<Duration> bound) {
  boolean isInTime() {
    return bound.isEmpty() || took.compareTo(bound.get()) <= 0;
  }
}
