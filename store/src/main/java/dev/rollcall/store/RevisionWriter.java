package dev.rollcall.store;

import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.RegisteredSpec;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSpec;
import dev.rollcall.store.instance.Standing;
import dev.rollcall.store.instance.StandingTable;
import dev.rollcall.store.instance.StatusOverride;
import dev.rollcall.store.kv.KeyEdit;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyTable;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.lease.LeaseTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what a command was judged to do: on the heap, in rows and in the change log, all at
 * one revision, which begins with the first change and ends with {@link #commit}. Apply thread.
 */
final class RevisionWriter {
  private static final byte[] NOTHING = {};

  private final Counters counters;
  private final InstanceTable instances;
  private final LeaseTable leases;
  private final StandingTable standings;
  private final KeyTable keys;
  private final ChangeLogTally changeLog;
  private final RowWriter rows;
  private final RegistrationReader registrations;

  // Of the revision at work.
  private final List<Change> changes = new ArrayList<>();
  private final List<byte[]> encodedChanges = new ArrayList<>();
  private final TreeMap<ServiceKey, Long> previousRevisions = new TreeMap<>();

  // Of the range at work.
  private final List<RevisionChanges> changesOfRange = new ArrayList<>();
  private final List<Long> leasesCreated = new ArrayList<>();
  private final List<Long> leasesEnded = new ArrayList<>();
  private final List<Long> leasesGivenKeys = new ArrayList<>();

  /** Of a heap whose tables are there. */
  RevisionWriter(Heap heap) {
    counters = heap.counters;
    instances = heap.instances;
    leases = heap.leases;
    standings = heap.standings;
    keys = heap.keys;
    changeLog = heap.changeLog;
    rows = heap.rowWriter;
    registrations = heap.registrations;
  }

  /**
   * Makes a lease for instances that are then registered under it; it ends with what it carries.
   */
  Lease createLease(long ttlMillis, String foldedNamespace, List<InstanceKey> keys) {
    return createLease(ttlMillis, foldedNamespace, true, keys);
  }

  /** Makes a lease that carries nothing, which makes no revision. */
  Lease grantLease(long ttlMillis, String foldedNamespace) {
    return createLease(ttlMillis, foldedNamespace, false, List.of());
  }

  private Lease createLease(
      long ttlMillis,
      String foldedNamespace,
      boolean endsWithLastInstance,
      List<InstanceKey> keys) {
    counters.lastLeaseId++;
    var lease =
        new Lease(counters.lastLeaseId, ttlMillis, foldedNamespace, endsWithLastInstance, keys);
    leases.put(lease);
    rows.putLease(lease);
    leasesCreated.add(lease.id());
    return lease;
  }

  /** Begins a life under a lease that carries the instance already; ends the one before, if any. */
  void register(Instance instance, long leaseId, @Nullable RegisteredInstance before) {
    if (before != null && before.leaseId() != leaseId) {
      detach(before);
    }
    var standing = Standing.begin(standings.override(instance.key()));
    if (before != null) {
      standings.restand(instance.key(), before.standing(), standing);
      forgetRegistered(instance.key());
    }
    var registered = new RegisteredInstance(instance, standing, leaseId, revision(), revision());
    upsert(registered, before);
    instances.register(registered);
  }

  /** Gives a live instance another content. */
  RegisteredInstance update(RegisteredInstance live, Instance content) {
    var updated =
        new RegisteredInstance(
            content, live.standing(), live.leaseId(), live.createRevision(), revision());
    upsert(updated, live);
    if (instances.rememberRegistered(live)) {
      rows.putRegistered(live.instance());
    }
    instances.update(updated);
    return updated;
  }

  /** Has a live instance stand otherwise. */
  RegisteredInstance restand(RegisteredInstance live, Standing standing) {
    var changed =
        new RegisteredInstance(
            live.instance(), standing, live.leaseId(), live.createRevision(), revision());
    upsert(changed, live);
    instances.update(changed);
    standings.restand(live.instance().key(), live.standing(), standing);
    return changed;
  }

  /** Marks a live instance as suspect, or takes that back. */
  RegisteredInstance setSuspect(RegisteredInstance live, boolean isSuspect) {
    return restand(live, live.standing().suspect(isSuspect));
  }

  /** Keeps an override, which by itself makes no revision: {@link #restand} the instance. */
  void putOverride(InstanceKey key, StatusOverride override) {
    standings.putOverride(key, override);
    rows.putOverride(key, override);
  }

  /** Forgets an override, as above. */
  void removeOverride(InstanceKey key) {
    standings.removeOverride(key);
    rows.deleteOverride(key);
  }

  /** Gives a service its spec, in the place of the one before, if any. */
  RegisteredSpec putSpec(ServiceSpec content, @Nullable RegisteredSpec before) {
    long created = before == null ? revision() : before.createRevision();
    var spec = new RegisteredSpec(content, created, revision());
    byte[] row = RowCodec.encode(spec);
    note(new Change.SpecPut(spec, Optional.ofNullable(before)), row);
    instances.putSpec(spec);
    rows.putSpec(content.service(), row);
    return spec;
  }

  /** Takes the spec of a service back. */
  void removeSpec(RegisteredSpec spec) {
    var service = spec.spec().service();
    note(new Change.SpecRemoved(spec), NOTHING);
    instances.removeSpec(service, revision());
    rows.deleteSpec(service);
  }

  /** Removes a live instance by request. */
  void deregister(RegisteredInstance live) {
    remove(live, Change.Cause.DEREGISTERED);
    detach(live);
  }

  /**
   * Has keys set and deleted, in this order; a lease that is left with nothing by all of it ends,
   * if it ends so.
   */
  void edit(List<KeyEdit> edits) {
    var bereft = new TreeSet<Long>();
    for (var edit : edits) {
      switch (edit) {
        case KeyEdit.Put(var entry, var previous) -> {
          previous.ifPresent(before -> detach(before, bereft));
          putKey(entry, previous);
        }
        case KeyEdit.Delete(var previous) -> {
          detach(previous, bereft);
          deleteKey(previous, Change.KeyCause.DELETED);
        }
      }
    }
    for (long leaseId : bereft) {
      if (leases.endIfSpent(leaseId)) {
        leaseEnded(leaseId);
      }
    }
  }

  /**
   * Ends a lease with its instances and keys.
   *
   * @return how many went; without any, there is no revision to {@link #commit}
   */
  int endLease(Lease lease, Change.Cause cause) {
    for (var key : lease.instances()) {
      var live = instances.live(key);
      if (live == null) {
        throw new Invariant.Violation(
            "lease %d carries %s, which is not live".formatted(lease.id(), key));
      }
      remove(live, cause);
    }
    var carried = leases.keys(lease.id());
    for (String key : carried) {
      var live = keys.live(lease.foldedNamespace(), key);
      if (live == null) {
        throw new Invariant.Violation(
            "lease %d carries key '%s', which is not there".formatted(lease.id(), key));
      }
      deleteKey(live, Change.KeyCause.LEASE_ENDED);
    }
    leases.remove(lease.id());
    leaseEnded(lease.id());
    return lease.instances().size() + carried.size();
  }

  /** Ends the revision: writes its row of the change log. */
  long commit() {
    counters.revision = revision();
    byte[] row = ChangeCodec.row(counters.wallMillis, encodedChanges);
    rows.putChanges(counters.revision, row);
    changeLog.add(counters.revision, counters.wallMillis, row.length);
    changesOfRange.add(
        new RevisionChanges(counters.revision, counters.wallMillis, changes, previousRevisions));
    changes.clear();
    encodedChanges.clear();
    previousRevisions.clear();
    return counters.revision;
  }

  /** What the range brought about, with these outcomes; the next range begins. */
  AppliedRange drain(List<Outcome> outcomes, Listings listings) {
    var range =
        new AppliedRange(
            outcomes, changesOfRange, leasesCreated, leasesEnded, leasesGivenKeys, listings);
    changesOfRange.clear();
    leasesCreated.clear();
    leasesEnded.clear();
    leasesGivenKeys.clear();
    return range;
  }

  private long revision() {
    return counters.revision + 1;
  }

  /** Before the table has it: the change names the service's revision before. */
  private void upsert(RegisteredInstance instance, @Nullable RegisteredInstance before) {
    byte[] row = registrations.row(instance).orElseGet(() -> RowCodec.encode(instance));
    note(new Change.Upserted(instance, Optional.ofNullable(before)), row);
    rows.putInstance(instance.instance().key(), row);
  }

  private void remove(RegisteredInstance live, Change.Cause cause) {
    var key = live.instance().key();
    note(new Change.Removed(live, cause), NOTHING);
    instances.remove(live, revision());
    standings.restand(key, live.standing(), Standing.PLAIN);
    rows.deleteInstance(key);
    forgetRegistered(key);
  }

  private void putKey(KeyEntry entry, Optional<KeyEntry> previous) {
    byte[] row = RowCodec.encode(entry);
    note(new Change.KeyPut(entry, previous), row);
    keys.put(entry);
    rows.putKey(entry, row);
    if (entry.leaseId() != 0) {
      if (!leases.hasKeys(entry.leaseId())) {
        leasesGivenKeys.add(entry.leaseId());
      }
      leases.attach(entry);
    }
  }

  private void deleteKey(KeyEntry entry, Change.KeyCause cause) {
    note(new Change.KeyDeleted(entry, cause), NOTHING);
    keys.remove(entry);
    rows.deleteKey(entry);
  }

  private void detach(KeyEntry entry, Set<Long> bereft) {
    if (entry.leaseId() != 0) {
      leases.detach(entry);
      bereft.add(entry.leaseId());
    }
  }

  /** As of {@link ChangeCodec#encode}, before the table has it. */
  private void note(Change change, byte[] after) {
    if (change instanceof Change.OfService ofService) {
      // Only the first change of a revision still sees the service's revision before.
      previousRevisions.computeIfAbsent(ofService.service(), instances::revision);
    }
    changes.add(change);
    encodedChanges.add(ChangeCodec.encode(change, after));
  }

  private void forgetRegistered(InstanceKey key) {
    if (instances.forgetRegistered(key)) {
      rows.deleteRegistered(key);
    }
  }

  private void detach(RegisteredInstance instance) {
    if (leases.detach(instance.leaseId(), instance.instance().key())) {
      leaseEnded(instance.leaseId());
    }
  }

  private void leaseEnded(long leaseId) {
    rows.deleteLease(leaseId);
    leasesEnded.add(leaseId);
  }
}
