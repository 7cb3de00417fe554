package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.LeasesExpired;
import dev.rollcall.chaos.simulation.Observation.RenewalAcknowledged;
import dev.rollcall.chaos.simulation.Observation.RoleChanged;
import dev.rollcall.raft.core.Role;
import java.util.HashMap;
import java.util.Map;

/**
 * No lease expires within its TTL of a keepalive (or of the command that made it) that was
 * acknowledged, counted from when the client sent it (promise 3); its instances go with it. The
 * acknowledgement may still be under way when the lease expires, so both ends are checked.
 *
 * <p>A TTL is time on the clock of the leader that ends the lease, for it asks no other: one that
 * runs 5 % fast ends it 5 % early. Of a leap of that clock, as after a machine stood still, one
 * step of lease time counts and no more ({@link SimClock#leaseNanosMaxAt}).
 */
@Heeds({LeasesExpired.class, RenewalAcknowledged.class, RoleChanged.class})
final class LiveLeaseIsKept implements Invariant {
  /** How far the clock of a node lets lease time go. */
  interface LeaseTime {
    /** Up to a moment that is over; counted from any moment, the same for all questions. */
    long nanosMaxAt(int node, long nanos);
  }

  private record Expiry(long nanos, int leader) {}

  private record Renewal(long startNanos, long ttlMillis) {}

  private final VirtualTime time;
  private final LeaseTime leaseTime;
  private final Map<Long, Renewal> renewals = new HashMap<>();
  private final Map<Long, Expiry> expired = new HashMap<>();
  private final Map<Long, Integer> leaders = new HashMap<>();

  LiveLeaseIsKept(VirtualTime time, LeaseTime leaseTime) {
    this.time = time;
    this.leaseTime = leaseTime;
  }

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case RoleChanged(int node, var role) when role.role() == Role.LEADER ->
          leaders.put(role.term(), node);
      case LeasesExpired(long term, var leaseIds, var unguarded) ->
          leaseIds.forEach(id -> expired(id, leaders.getOrDefault(term, 0)));
      case RenewalAcknowledged(long start, long leaseId, long ttl) -> renewed(start, leaseId, ttl);
      default -> {}
    }
  }

  private void expired(long leaseId, int leader) {
    expired.put(leaseId, new Expiry(time.nowNanos(), leader));
    Renewal renewal = renewals.get(leaseId);
    if (renewal != null) {
      check(leaseId, renewal);
    }
  }

  private void renewed(long startNanos, long leaseId, long ttlMillis) {
    var renewal = new Renewal(startNanos, ttlMillis);
    renewals.merge(leaseId, renewal, (a, b) -> a.startNanos > b.startNanos ? a : b);
    check(leaseId, renewal);
  }

  private void check(long leaseId, Renewal renewal) {
    Expiry expiry = expired.get(leaseId);
    if (expiry == null) {
      return;
    }
    long agedNanos =
        leaseTime.nanosMaxAt(expiry.leader, expiry.nanos)
            - leaseTime.nanosMaxAt(expiry.leader, renewal.startNanos);
    require(
        agedNanos >= renewal.ttlMillis * VirtualTime.MILLISECOND,
        "lease %d expired %d ms by node %d's clock after an acknowledged keepalive, TTL %d ms",
        leaseId,
        agedNanos / VirtualTime.MILLISECOND,
        expiry.leader,
        renewal.ttlMillis);
  }
}
