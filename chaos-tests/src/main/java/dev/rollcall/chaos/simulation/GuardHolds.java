package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.chaos.simulation.Observation.GuardChanged;
import dev.rollcall.chaos.simulation.Observation.LeasesExpired;
import dev.rollcall.server.replication.GuardLimits;

/**
 * While a guard against mass expiry is engaged it lets no more leases expire than it says, but for
 * those with keys. All users but those who want the lock are of one namespace, and the guard is
 * that one's.
 *
 * <p>What was proposed before it engaged may come true behind it, so a few more are allowed; the
 * clock of a leader may run twice as fast as virtual time.
 */
@Heeds({GuardChanged.class, LeasesExpired.class})
final class GuardHolds implements Invariant {
  private static final int UNDER_WAY_MAX = 4;
  private static final double CLOCK_RATE_MAX = 2.1;

  private final VirtualTime time;
  private final GuardLimits limits;
  private boolean isEngaged;
  private long engagedNanos;
  private int leases;
  private int expired;

  GuardHolds(VirtualTime time, GuardLimits limits) {
    this.time = time;
    this.limits = limits;
  }

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case GuardChanged(boolean engages, int leasesNow) -> {
        if (engages && !isEngaged) {
          engagedNanos = time.nowNanos();
          leases = leasesNow;
          expired = 0;
        }
        isEngaged = engages;
      }
      case LeasesExpired(long term, var leaseIds, var unguarded) when isEngaged -> {
        expired += leaseIds.size() - unguarded.size();
        double minutes = (double) (time.nowNanos() - engagedNanos) / (60 * SECOND);
        double trickle = leases * limits.trickleAMinutePercent() / 100.0;
        long most = UNDER_WAY_MAX + (long) Math.ceil(minutes * CLOCK_RATE_MAX * trickle);
        require(
            expired <= most,
            "%d leases have expired in the %.3f minutes since the guard of %d engaged, at most %d",
            expired,
            minutes,
            leases,
            most);
      }
      default -> {}
    }
  }
}
