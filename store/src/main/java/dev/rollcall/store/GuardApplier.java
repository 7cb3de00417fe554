package dev.rollcall.store;

import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.lease.Guard;
import dev.rollcall.store.lease.GuardTable;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.lease.LeaseTable;
import java.util.List;
import java.util.TreeMap;

/**
 * Makes true what is decided of leases that lapsed and of the guards against mass expiry
 * (docs/architecture.md, decision 9): who goes, who is suspect, which guards are engaged. The floor
 * of a service is kept in here, and so by every leader. Apply thread.
 *
 * <p>Whether a guard is engaged changes nothing that can be watched, so it makes no revision; that
 * an instance is suspect does.
 */
final class GuardApplier {
  private final Counters counters;
  private final Heap heap;
  private final RevisionWriter writer;
  private final RowWriter rows;

  GuardApplier(Heap heap, RevisionWriter writer, RowWriter rows) {
    this.counters = heap.counters;
    this.heap = heap;
    this.writer = writer;
    this.rows = rows;
  }

  Outcome apply(Command.EngageGuard command) {
    String namespace = command.foldedNamespace();
    if (!guards().isEngaged(namespace)) {
      put(Guard.engaged(namespace, counters.wallMillis, leases().size(namespace)));
    }
    return new Outcome.GuardEngaged(counters.revision);
  }

  Outcome apply(Command.ReleaseGuard command) {
    var guard = guards().find(command.foldedNamespace()).filter(Guard::isEngaged);
    if (guard.isEmpty()) {
      return new Outcome.GuardNotEngaged(counters.revision);
    }
    put(guard.get().released(counters.wallMillis, command.actor()));
    return new Outcome.GuardReleased(
        counters.revision, leases().suspects(command.foldedNamespace()));
  }

  Outcome apply(Command.ExpireLeases command) {
    int expired = 0;
    int removed = 0;
    int changed = 0;
    for (long leaseId : command.leaseIds()) {
      var found = leases().find(leaseId);
      // It may be gone since the leader proposed this, or be named twice.
      if (found.isEmpty()) {
        continue;
      }
      var lease = found.get();
      if (isNeeded(lease)) {
        changed += lease.isSuspect() ? 0 : suspect(lease, true);
      } else {
        changed += writer.endLease(lease, Change.Cause.EXPIRED);
        expired++;
        removed += lease.instances().size();
      }
    }
    return new Outcome.LeasesExpired(
        changed > 0 ? writer.commit() : counters.revision, expired, removed);
  }

  Outcome apply(Command.SuspectLeases command) {
    return judge(command.leaseIds(), true);
  }

  Outcome apply(Command.TrustLeases command) {
    return judge(command.leaseIds(), false);
  }

  private Outcome judge(List<Long> leaseIds, boolean areSuspect) {
    int judged = 0;
    int changed = 0;
    for (long leaseId : leaseIds) {
      var lease = leases().find(leaseId);
      // It may be gone, judged already, or out of the guard's reach, since the leader proposed
      // this.
      if (lease.isPresent()
          && lease.get().isSuspect() != areSuspect
          && !(areSuspect && leases().hasKeys(leaseId))) {
        judged++;
        changed += suspect(lease.get(), areSuspect);
      }
    }
    return new Outcome.LeasesJudged(
        changed == 0 ? counters.revision : writer.commit(), judged, changed);
  }

  /**
   * Whether a service would have fewer instances than its floor without those of the lease. One
   * with keys is never kept: a lock must not outlive who holds it.
   */
  private boolean isNeeded(Lease lease) {
    if (leases().hasKeys(lease.id())) {
      return false;
    }
    var carried = new TreeMap<ServiceKey, Integer>();
    lease.instances().forEach(key -> carried.merge(key.service(), 1, Integer::sum));
    for (var each : carried.entrySet()) {
      var spec = heap.instances.spec(each.getKey());
      if (spec != null
          && heap.instances.size(each.getKey()) - each.getValue() < spec.spec().floor()) {
        return true;
      }
    }
    return false;
  }

  /** Marks a lease, or takes that back; how many of its instances changed. */
  private int suspect(Lease lease, boolean isSuspect) {
    leases().setSuspect(lease.id(), isSuspect);
    rows.putLease(lease.withSuspicion(isSuspect));
    int changed = 0;
    for (var key : lease.instances()) {
      var live = heap.instances.live(key);
      if (live == null) {
        throw new Invariant.Violation(
            "lease %d carries %s, which is not live".formatted(lease.id(), key));
      }
      // One that was registered under a suspect lease is not suspect.
      if (live.standing().isSuspect() != isSuspect) {
        writer.setSuspect(live, isSuspect);
        changed++;
      }
    }
    return changed;
  }

  private void put(Guard guard) {
    guards().put(guard);
    rows.putGuard(guard);
  }

  private GuardTable guards() {
    return heap.guards;
  }

  private LeaseTable leases() {
    return heap.leases;
  }
}
