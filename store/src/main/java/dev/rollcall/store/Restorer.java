package dev.rollcall.store;

import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.Standing;
import dev.rollcall.store.instance.StandingTable;
import dev.rollcall.store.instance.Tombstone;
import dev.rollcall.store.kv.KeyTable;
import dev.rollcall.store.lease.GuardTable;
import dev.rollcall.store.lease.LeaseTable;
import dev.rollcall.store.request.Session;
import dev.rollcall.store.request.SessionTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** Rebuilds the heap from the rows when a store is opened. */
final class Restorer {
  private final OrderedStore rows;
  private final Interner interner;
  private final RegistrationReader plain;

  Restorer(OrderedStore rows, Interner interner) {
    this.rows = rows;
    this.interner = interner;
    plain = new RegistrationReader(interner);
  }

  /** Fills the tables of a heap that has none of it yet. */
  void restore(Heap heap) {
    var keysByLease = restoreInstances(heap.instances, heap.standings);
    var bare = restoreLeases(heap.leases, keysByLease);
    restoreKeys(heap.keys, heap.leases);
    for (long id : bare) {
      Invariant.check(heap.leases.hasKeys(id), "a lease that carries nothing: %d", id);
    }
    restoreGuards(heap.guards);
    restoreSpecs(heap.instances);
    restoreOverrides(heap.instances, heap.standings);
    restoreRegistered(heap.instances);
    restoreRevisions(heap.instances);
    restoreChanges(heap);
    heap.instances.publish();
    heap.keys.publish(heap.counters.revision);
    restoreSessions(heap.sessions);
  }

  private Map<Long, List<InstanceKey>> restoreInstances(
      InstanceTable instances, StandingTable standings) {
    var keysByLease = new HashMap<Long, List<InstanceKey>>();
    forEach(
        RowKeys.INSTANCES,
        (key, value) -> {
          var instance =
              plain.registered(value).orElseGet(() -> RowCodec.instance(value, interner));
          instances.restore(instance);
          standings.restand(instance.instance().key(), Standing.PLAIN, instance.standing());
          keysByLease.merge(
              instance.leaseId(), List.of(instance.instance().key()), Restorer::joined);
        });
    return keysByLease;
  }

  /** Most leases carry one instance: no list that grows for each of them. */
  private static List<InstanceKey> joined(List<InstanceKey> known, List<InstanceKey> next) {
    var growing = known.size() == 1 ? new ArrayList<>(known) : known;
    growing.addAll(next);
    return growing;
  }

  /** Those without instances that must carry keys then. */
  private List<Long> restoreLeases(LeaseTable leases, Map<Long, List<InstanceKey>> keysByLease) {
    var bare = new ArrayList<Long>();
    forEach(
        RowKeys.LEASES,
        (key, value) -> {
          long id = RowKeys.number(key, 1);
          var carried = keysByLease.remove(id);
          var lease = RowCodec.lease(id, value, carried == null ? List.of() : carried);
          if (carried == null && lease.endsWithLastInstance()) {
            bare.add(id);
          }
          leases.put(lease);
        });
    Invariant.check(keysByLease.isEmpty(), "instances without their leases: %s", keysByLease);
    return bare;
  }

  private void restoreKeys(KeyTable keys, LeaseTable leases) {
    forEach(
        RowKeys.KEYS,
        (key, value) -> {
          var entry = RowCodec.key(value);
          if (entry.leaseId() != 0) {
            boolean isItsLease =
                leases
                    .find(entry.leaseId())
                    .filter(lease -> lease.foldedNamespace().equals(entry.foldedNamespace()))
                    .isPresent();
            Invariant.check(
                isItsLease,
                "key '%s' of %s goes with lease %d, which is not there",
                entry.key(),
                entry.foldedNamespace(),
                entry.leaseId());
            leases.attach(entry);
          }
          keys.put(entry);
        });
  }

  private void restoreGuards(GuardTable guards) {
    forEach(
        RowKeys.GUARDS,
        (key, value) -> guards.put(RowCodec.guard(RowKeys.guardedNamespace(key), value)));
  }

  private void restoreSpecs(InstanceTable instances) {
    forEach(RowKeys.SPECS, (key, value) -> instances.putSpec(RowCodec.spec(value)));
  }

  /** What instances show of overrides, and the overrides themselves, must be the same. */
  private void restoreOverrides(InstanceTable instances, StandingTable standings) {
    forEach(
        RowKeys.OVERRIDES,
        (key, value) -> {
          var override = RowCodec.override(value);
          var live = instances.live(override.getKey());
          Invariant.check(
              live == null || live.standing().override().equals(Optional.of(override.getValue())),
              "instance %s does not stand under its override %s",
              live,
              override);
          standings.putOverride(override.getKey(), override.getValue());
        });
  }

  private void restoreRegistered(InstanceTable instances) {
    forEach(
        RowKeys.REGISTERED,
        (key, value) -> {
          var content = RowCodec.registered(value, interner);
          Invariant.check(instances.live(content.key()) != null, "%s is not live", content.key());
          instances.restoreRegistered(content);
        });
  }

  private void restoreRevisions(InstanceTable instances) {
    forEach(
        RowKeys.REVISIONS,
        (key, value) -> {
          var kept = RowCodec.revision(value);
          instances.restoreRevision(kept.getKey(), kept.getValue());
        });
  }

  /** Of the changes only the ends are needed, and of most rows no more than how large they are. */
  private void restoreChanges(Heap heap) {
    var counters = heap.counters;
    var next = new AtomicLong(counters.compactRevision);
    forEach(
        RowKeys.change(counters.compactRevision),
        RowKeys.to(RowKeys.CHANGES),
        (key, value) -> {
          long revision = RowKeys.number(key, 1);
          requireNext(next.getAndIncrement(), revision);
          var outline = ChangeCodec.outline(value);
          heap.changeLog.add(revision, outline.wallMillis(), value.length);
          if (outline.hasEnds()) {
            ChangeCodec.decode(revision, value, interner)
                .changes()
                .forEach(change -> recall(heap.instances, change, revision));
          }
        });
    requireNext(next.get(), counters.revision + 1);
  }

  private static void requireNext(long expected, long found) {
    Invariant.check(
        expected == found, "the change log has revision %d where %d is to follow", found, expected);
  }

  private static void recall(InstanceTable instances, Change change, long revision) {
    switch (change) {
      case Change.Removed removed ->
          instances.recall(removed.key(), new Tombstone(removed.incarnation(), revision));
      case Change.SpecRemoved removed -> instances.recallSpecRemoval(removed.service(), revision);
      case Change.Upserted upserted -> {}
      case Change.SpecPut put -> {}
      case Change.OfKey ofKey -> {}
    }
  }

  private void restoreSessions(SessionTable table) {
    var sessions = new TreeMap<Long, Session>();
    forEach(
        RowKeys.SESSIONS,
        (key, value) -> {
          long id = RowKeys.number(key, 1);
          sessions.put(id, RowCodec.session(id, value));
        });
    forEach(
        RowKeys.OUTCOMES,
        (key, value) -> {
          long sessionId = RowKeys.number(key, 1);
          var session = sessions.get(sessionId);
          if (session == null) {
            throw new Invariant.Violation("an outcome of no session: " + sessionId);
          }
          session.keep(RowKeys.number(key, 1 + Long.BYTES), OutcomeCodec.decode(value));
        });
    table.restore(List.copyOf(sessions.values()));
  }

  private void forEach(byte table, BiConsumer<byte[], byte[]> visitor) {
    forEach(RowKeys.from(table), RowKeys.to(table), visitor);
  }

  private void forEach(byte[] from, byte[] to, BiConsumer<byte[], byte[]> visitor) {
    rows.scan(
        from,
        to,
        (key, value) -> {
          try {
            visitor.accept(key, value);
          } catch (IllegalArgumentException e) {
            throw new Invariant.Violation(
                "row %s cannot be read: %s"
                    .formatted(HexFormat.of().formatHex(key), e.getMessage()),
                e);
          }
          return true;
        });
  }
}
