package dev.rollcall.store;

import dev.rollcall.store.lease.Guard;
import dev.rollcall.store.lease.GuardTable;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.lease.LeaseTable;
import java.util.List;

/**
 * Makes true what is decided of the guards against mass expiry (docs/architecture.md, decision 9):
 * engaged or released, and which leases are suspect. Apply thread.
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
      // It may be gone, or judged already, since the leader proposed this.
      if (lease.isPresent() && lease.get().isSuspect() != areSuspect) {
        leases().setSuspect(leaseId, areSuspect);
        rows.putLease(lease.get().withSuspicion(areSuspect));
        judged++;
        changed += mark(lease.get(), areSuspect);
      }
    }
    return new Outcome.LeasesJudged(
        changed == 0 ? counters.revision : writer.commit(), judged, changed);
  }

  private int mark(Lease lease, boolean isSuspect) {
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
