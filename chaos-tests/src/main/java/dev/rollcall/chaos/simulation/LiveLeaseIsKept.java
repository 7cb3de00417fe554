package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Happened;
import dev.rollcall.chaos.simulation.Observation.RenewalAcknowledged;
import dev.rollcall.chaos.simulation.Observation.WriteAcknowledged;
import dev.rollcall.store.Change;
import dev.rollcall.store.Outcome;
import java.util.HashMap;
import java.util.Map;

/**
 * No instance expires within its TTL of a keepalive (or registration) that was acknowledged,
 * counted from when the client sent it (promise 3). The acknowledgement may still be under way when
 * the lease expires, so both ends are checked.
 */
final class LiveLeaseIsKept implements Invariant {
  private record Expiry(long nanos, String instance) {}

  private record Renewal(long startNanos, long ttlMillis) {}

  private final VirtualTime time;
  private final Map<Long, Renewal> renewals = new HashMap<>();
  private final Map<Long, Expiry> expired = new HashMap<>();
  private final Map<String, Long> leaseOfInstance = new HashMap<>();

  LiveLeaseIsKept(VirtualTime time) {
    this.time = time;
  }

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Happened(var changes) -> changes.changes().forEach(this::follow);
      case RenewalAcknowledged(long start, long leaseId, long ttl) -> renewed(start, leaseId, ttl);
      case WriteAcknowledged(long start, var key, Outcome.Registered done) ->
          renewed(start, done.leaseId(), done.ttlMillis());
      default -> {}
    }
  }

  private void follow(Change change) {
    switch (change) {
      case Change.Upserted(var registered) ->
          leaseOfInstance.put(registered.instance().key().toString(), registered.leaseId());
      case Change.Removed(var key, var incarnation, var cause) -> {
        Long leaseId = leaseOfInstance.remove(key.toString());
        if (cause == Change.Cause.EXPIRED && leaseId != null) {
          expired.put(leaseId, new Expiry(time.nowNanos(), key.toString()));
          Renewal renewal = renewals.get(leaseId);
          if (renewal != null) {
            check(leaseId, renewal);
          }
        }
      }
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
    long agedNanos = expiry.nanos - renewal.startNanos;
    require(
        agedNanos >= renewal.ttlMillis * VirtualTime.MILLISECOND,
        "%s of lease %d expired %d ms after an acknowledged keepalive, TTL %d ms",
        expiry.instance,
        leaseId,
        agedNanos / VirtualTime.MILLISECOND,
        renewal.ttlMillis);
  }
}
