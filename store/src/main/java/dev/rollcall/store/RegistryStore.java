package dev.rollcall.store;

import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InstanceTable;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSnapshot;
import dev.rollcall.store.lease.LeaseTable;
import dev.rollcall.store.lease.Leases;
import dev.rollcall.store.request.SessionTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The registry: what a log of commands has made of it. The heap serves all reads; the rows below
 * make it survive, as far as they are flushed, and the log has the rest.
 *
 * <p>{@link #apply}, {@link #leases} and {@link #close} belong to the apply thread; everything else
 * is open to all threads, and never waits.
 */
public final class RegistryStore implements AutoCloseable {
  private final OrderedStore rows;
  private final Counters counters;
  private final InstanceTable instances = new InstanceTable();
  private final LeaseTable leases = new LeaseTable();
  private final SessionTable sessions = new SessionTable();
  private final Interner interner = new HeapInterner(instances);
  private final RowWriter rowWriter = new RowWriter();
  private final RevisionWriter revisionWriter;
  private final RequestExecutor executor;

  private volatile StoreStatus status;

  private RegistryStore(OrderedStore rows) {
    this.rows = rows;
    counters = counters(rows.get(RowKeys.meta()));
    new Restorer(rows, interner).restore(instances, leases, sessions);
    revisionWriter = new RevisionWriter(counters, instances, leases, rowWriter);
    var applier = new Applier(counters, instances, leases, revisionWriter);
    executor = new RequestExecutor(counters, sessions, applier, rowWriter);
    status = currentStatus();
  }

  /**
   * Opens the registry over its rows, as of the last batch that survived, and rebuilds the heap
   * from them. Takes the rows over: {@link #close} closes them.
   *
   * @throws UnknownFormat when a later version wrote the rows
   * @throws Invariant.Violation when they contradict each other
   * @throws OrderedStore.StorageFailure when they cannot be read
   */
  public static RegistryStore open(OrderedStore rows) {
    return new RegistryStore(rows);
  }

  /**
   * Applies committed entries, the first of them following on the last one applied. All that they
   * change is written as one batch, with the index of the last of them; then it is shown to
   * readers. How the log is cut into calls makes no difference to the rows, the outcomes or the
   * digest.
   *
   * @throws Invariant.Violation when an entry is out of order, or holds a command that this version
   *     does not know; the store must not be used any more
   * @throws OrderedStore.StorageFailure when the batch cannot be written; likewise
   */
  public AppliedRange apply(List<LogEntry> entries) {
    var outcomes = new ArrayList<Outcome>(entries.size());
    for (LogEntry entry : entries) {
      outcomes.add(apply(entry));
    }
    if (!entries.isEmpty()) {
      rows.write(rowWriter.drain(counters));
      instances.publish();
      status = currentStatus();
    }
    return revisionWriter.drain(outcomes);
  }

  /** The registry after the last call of {@link #apply}. */
  public StoreStatus status() {
    return status;
  }

  /** Index up to which everything applied would survive a crash; the log may be cut behind it. */
  public long flushedIndex() {
    return counters(rows.getFlushed(RowKeys.meta())).lastApplied;
  }

  /** The instances of a service; none, at revision 0, of a service never heard of. */
  public ServiceSnapshot service(ServiceKey key) {
    return instances.service(key);
  }

  /**
   * A page of the services of a namespace that have instances, in order of folded name.
   *
   * @param foldedNamespace see {@link ServiceKey#foldedNamespace}
   * @param prefix of the names wanted, without regard to case; empty for all
   * @param afterFoldedName where the page before ended
   * @param limit of services in the page
   */
  public List<ServiceSummary> services(
      String foldedNamespace, String prefix, Optional<String> afterFoldedName, int limit) {
    return instances.services(foldedNamespace, prefix, afterFoldedName, limit);
  }

  /** One instance. */
  public Optional<RegisteredInstance> instance(InstanceKey key) {
    return instances.service(key.service()).find(key.instanceId());
  }

  /** The leases, as of the last call of {@link #apply}. Apply thread. */
  public Leases leases() {
    return leases;
  }

  /** Makes everything applied so far durable; takes as long as the disk does. */
  public void flush() {
    rows.flush();
  }

  @Override
  public void close() {
    rows.close();
  }

  private Outcome apply(LogEntry entry) {
    Invariant.check(
        entry.index() == counters.lastApplied + 1,
        "entry %d after entry %d",
        entry.index(),
        counters.lastApplied);
    executor.advanceTo(entry.wallMillis());
    var outcome =
        entry.command().length == 0
            ? new Outcome.Nothing(counters.revision)
            : executor.execute(decode(entry));
    counters.lastApplied = entry.index();
    counters.digest = rowWriter.endEntry(counters.digest, entry.index());
    return outcome;
  }

  private Request decode(LogEntry entry) {
    try {
      return CommandCodec.decode(entry.command(), interner);
    } catch (InvalidRequest e) {
      throw new Invariant.Violation(
          "entry %d holds what this version cannot apply: %s"
              .formatted(entry.index(), e.getMessage()),
          e);
    }
  }

  private static Counters counters(Optional<byte[]> row) {
    try {
      return row.map(RowCodec::counters).orElseGet(Counters::new);
    } catch (IllegalArgumentException e) {
      throw new Invariant.Violation("the row of counters cannot be read: " + e.getMessage(), e);
    }
  }

  private StoreStatus currentStatus() {
    return new StoreStatus(
        counters.lastApplied,
        counters.revision,
        counters.digest,
        instances.instances(),
        leases.size(),
        sessions.size());
  }
}
