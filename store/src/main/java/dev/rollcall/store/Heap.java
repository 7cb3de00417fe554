package dev.rollcall.store;

import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.StandingTable;
import dev.rollcall.store.kv.KeyTable;
import dev.rollcall.store.lease.GuardTable;
import dev.rollcall.store.lease.LeaseTable;
import dev.rollcall.store.request.SessionTable;
import java.util.Optional;

/**
 * All state on the heap, and what changes it: rebuilt from the rows when they are opened or a
 * snapshot has brought others, and replaced as a whole. Readers may reach {@link #instances} and
 * {@link #keys} as far as those are published; everything else belongs to whoever builds it, then
 * to the apply thread.
 */
final class Heap {
  final Counters counters;
  final InstanceTable instances = new InstanceTable();
  final LeaseTable leases = new LeaseTable();
  final GuardTable guards = new GuardTable();
  final StandingTable standings = new StandingTable();
  final KeyTable keys = new KeyTable();
  final SessionTable sessions = new SessionTable();
  final Interner interner = new HeapInterner(instances);
  final RegistrationReader registrations = new RegistrationReader(interner);
  final ChangeLogTally changeLog = new ChangeLogTally();
  final RowWriter rowWriter = new RowWriter();
  final RevisionWriter revisionWriter;
  final RequestExecutor executor;

  /**
   * That of these rows.
   *
   * @param features of this version
   * @throws UnknownFormat when a later version wrote them
   * @throws UnknownFeatureLevel when they need a later version
   * @throws Invariant.Violation when they contradict each other
   */
  Heap(OrderedStore rows, Features features) {
    counters = counters(rows.get(RowKeys.meta()));
    counters.featureLevel = featureLevel(rows.get(RowKeys.featureLevel()));
    // Before anything else is read: it may hold what this version knows nothing of.
    features.requireKnown("the state up to entry " + counters.lastApplied, counters.featureLevel);
    new Restorer(rows, interner).restore(this);
    revisionWriter = new RevisionWriter(this);
    var appliers =
        new RequestExecutor.Appliers(
            new Applier(counters, instances, leases, revisionWriter),
            new StandingApplier(counters, instances, standings, revisionWriter),
            new SpecApplier(counters, instances, revisionWriter),
            new GuardApplier(this, revisionWriter, rowWriter),
            new KeyApplier(counters, keys, leases, revisionWriter),
            new FeatureLevelApplier(counters, features, rowWriter),
            new CompactionApplier(counters, instances, changeLog, rowWriter));
    executor = new RequestExecutor(counters, sessions, appliers, rowWriter);
  }

  StoreStatus status() {
    return new StoreStatus(
        counters.lastApplied,
        counters.revision,
        counters.compactRevision,
        counters.digest,
        instances.instances(),
        leases.size(),
        sessions.size(),
        counters.featureLevel);
  }

  private static int featureLevel(Optional<byte[]> row) {
    try {
      return row.map(RowCodec::featureLevel).orElse(Features.FIRST_LEVEL);
    } catch (IllegalArgumentException e) {
      throw new Invariant.Violation("the row of the level cannot be read: " + e.getMessage(), e);
    }
  }

  /** The counters in their row; those of an empty registry when there is none. */
  static Counters counters(Optional<byte[]> row) {
    try {
      return row.map(RowCodec::counters).orElseGet(Counters::new);
    } catch (IllegalArgumentException e) {
      throw new Invariant.Violation("the row of counters cannot be read: " + e.getMessage(), e);
    }
  }
}
