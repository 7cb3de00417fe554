package dev.rollcall.server.replication;

import java.time.Duration;

/**
 * When the guard of a namespace against mass expiry engages, and what it lets through. All times
 * are lease time.
 *
 * @param window leases that lapsed unrenewed within it count
 * @param lapsesMin so many may always lapse. Trade: small namespaces are not guarded, and need no
 *     guard: what fails at once in them is one machine.
 * @param lapsesPercentMax of the namespace's leases that may lapse in the window
 * @param trickleAMinutePercent of the namespace's leases that expire a minute while it is engaged
 * @param engagedMax how long it stays engaged at most. Danger: whoever is dead is found that long.
 */
public record GuardLimits(
    Duration window,
    int lapsesMin,
    int lapsesPercentMax,
    int trickleAMinutePercent,
    Duration engagedMax) {
  /** What a server runs with. */
  public static final GuardLimits DEFAULT =
      new GuardLimits(Duration.ofSeconds(30), 20, 15, 1, Duration.ofMinutes(10));

  /** Limits that no number of leases reaches, to measure expiry itself. */
  public static final GuardLimits NEVER =
      new GuardLimits(Duration.ofSeconds(30), Integer.MAX_VALUE, 100, 1, Duration.ofMinutes(10));

  public GuardLimits {
    if (window.toSeconds() < 1 || engagedMax.toSeconds() < 1) {
      throw new IllegalArgumentException("window and engagedMax must be 1 s at least");
    }
    if (lapsesMin < 1 || lapsesPercentMax < 1 || trickleAMinutePercent < 0) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }

  /** How many of a namespace of so many leases may lapse in the window. */
  int lapsesMax(int leases) {
    return (int) Math.max(lapsesMin, (long) leases * lapsesPercentMax / 100);
  }
}
