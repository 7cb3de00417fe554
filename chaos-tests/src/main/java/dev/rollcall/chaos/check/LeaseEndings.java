package dev.rollcall.chaos.check;

import dev.rollcall.chaos.check.HistoryEvent.Asked;
import dev.rollcall.chaos.check.HistoryEvent.Happened;
import dev.rollcall.store.Change;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which instances of a history went because their lease ended. Nobody who asks for the end of a
 * lease names them; the registry's own history does. Shown all events in their order.
 */
final class LeaseEndings {
  /** A client's number, for operations of the registry itself. */
  static final int REGISTRY = -1;

  private final Map<InstanceKey, Long> leases = new HashMap<>();

  /** When the end of a lease was asked for first. */
  private final Map<Long, Long> revokedNanos = new HashMap<>();

  /** Takes the next event, after it was asked about. */
  void see(HistoryEvent event) {
    switch (event) {
      case Asked(long nanos, long call, int client, Ask.Revoke revoke) ->
          revokedNanos.putIfAbsent(revoke.leaseId(), nanos);
      case Happened(long nanos, var changes) -> {
        for (Change change : changes.changes()) {
          if (change instanceof Change.Upserted(var live, var previous)) {
            leases.put(live.instance().key(), live.leaseId());
          }
        }
      }
      default -> {}
    }
  }

  /** Whether the instance went with its lease; who asks to end one removes nobody from it. */
  boolean isOf(Change change) {
    return change instanceof Change.Removed removed
        && (removed.cause() == Change.Cause.EXPIRED || revocation(removed.key()).isPresent());
  }

  /** Those of one revision, as operations on each service: expiries are of their very moment. */
  List<Operation<Ask, Reply>> at(Happened happened) {
    var gone = new TreeMap<ServiceKey, Map<String, Long>>();
    long sinceNanos = happened.nanos();
    for (Change change : happened.changes().changes()) {
      if (isOf(change) && change instanceof Change.Removed removed) {
        var key = removed.key();
        gone.computeIfAbsent(key.service(), service -> new TreeMap<>())
            .put(key.instanceId(), removed.incarnation());
        if (removed.cause() == Change.Cause.DEREGISTERED) {
          sinceNanos = Math.min(sinceNanos, revocation(key).orElse(sinceNanos));
        }
      }
    }
    var operations = new ArrayList<Operation<Ask, Reply>>();
    for (var each : gone.entrySet()) {
      operations.add(
          new Operation<>(
              REGISTRY,
              new Ask.Expire(each.getKey(), each.getValue()),
              Optional.of(new Reply.TookEffect()),
              sinceNanos,
              happened.nanos()));
    }
    return operations;
  }

  private Optional<Long> revocation(InstanceKey key) {
    return Optional.ofNullable(leases.get(key)).map(revokedNanos::get);
  }
}
