package dev.rollcall.server.replication;

import java.util.Arrays;

/**
 * How many leases of a namespace lapsed unrenewed lately, and how many leases there were, both in
 * steps of a second of lease time. Apply thread only.
 */
final class LapseWindow {
  private final int[] lapses;
  private final int[] leases;
  // The last second that is counted; the ring holds those before it.
  private long second = Long.MIN_VALUE;

  /**
   * A window without lapses.
   *
   * @param seconds how long it is
   */
  LapseWindow(int seconds) {
    lapses = new int[seconds];
    leases = new int[seconds];
  }

  /** Moves on to this second, in which there are so many leases. */
  void at(long nowSecond, int leasesNow) {
    if (second < nowSecond - lapses.length) {
      reset();
      second = nowSecond;
    }
    while (second < nowSecond) {
      second++;
      lapses[position(second)] = 0;
      leases[position(second)] = 0;
    }
    leases[position(second)] = Math.max(leases[position(second)], leasesNow);
  }

  /** A lease lapsed at this second. */
  void lapsed(long atSecond) {
    if (isInside(atSecond)) {
      lapses[position(atSecond)]++;
    }
  }

  /**
   * A lease that lapsed at this second is renewed after all.
   *
   * @return whether it was counted there
   */
  boolean renewed(long atSecond) {
    if (!isInside(atSecond) || lapses[position(atSecond)] == 0) {
      return false;
    }
    lapses[position(atSecond)]--;
    return true;
  }

  /** Lapses in the window. */
  int lapses() {
    return Arrays.stream(lapses).sum();
  }

  /**
   * The most leases there were in the window: those that expire meanwhile count, and are forgotten
   * with it.
   */
  int leases() {
    return Arrays.stream(leases).max().orElse(0);
  }

  /** Forgets all lapses. */
  void reset() {
    Arrays.fill(lapses, 0);
    Arrays.fill(leases, 0);
  }

  private boolean isInside(long atSecond) {
    return atSecond <= second && atSecond > second - lapses.length;
  }

  private int position(long ofSecond) {
    return (int) Math.floorMod(ofSecond, (long) lapses.length);
  }
}
