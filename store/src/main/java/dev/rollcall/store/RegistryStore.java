package dev.rollcall.store;

import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSnapshot;
import dev.rollcall.store.instance.StatusOverride;
import dev.rollcall.store.kv.KeyEntry;
import dev.rollcall.store.kv.KeyPage;
import dev.rollcall.store.kv.KeyView;
import dev.rollcall.store.lease.Guard;
import dev.rollcall.store.lease.Guards;
import dev.rollcall.store.lease.KeyClaim;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.lease.Leases;
import dev.rollcall.store.snapshot.SnapshotReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The registry: what a log of commands has made of it. The heap serves all reads; the rows below
 * make it survive, as far as they are flushed, and the log has the rest.
 *
 * <p>{@link #apply}, {@link #snapshot}, {@link #install}, {@link #leases} and {@link #close} belong
 * to the apply thread; everything else is open to all threads. Reads of the registry never wait.
 */
public final class RegistryStore implements AutoCloseable {
  private final Features features;
  private volatile SharedRows rows;
  private volatile Heap heap;
  private volatile StoreStatus status;
  private volatile GuardView guardView;
  private volatile long changeLogBytes;

  private RegistryStore(OrderedStore rows, Features features) {
    this.features = features;
    this.rows = new SharedRows(rows);
    heap = new Heap(rows, features);
    status = heap.status();
    guardView = GuardView.of(heap);
    changeLogBytes = heap.changeLog.bytes();
  }

  /**
   * Opens the registry over its rows, as of the last batch that survived, and rebuilds the heap
   * from them. Takes the rows over: {@link #close} closes them, and so does a failure in here.
   *
   * @param features of the software that applies the log
   * @throws UnknownFormat when a later version wrote the rows
   * @throws UnknownFeatureLevel when they need a later version
   * @throws Invariant.Violation when they contradict each other
   * @throws OrderedStore.StorageFailure when they cannot be read
   */
  public static RegistryStore open(OrderedStore rows, Features features) {
    try {
      return new RegistryStore(rows, features);
    } catch (RuntimeException e) {
      rows.close();
      throw e;
    }
  }

  /** As the other one, with what this version knows. */
  public static RegistryStore open(OrderedStore rows) {
    return open(rows, Features.CURRENT);
  }

  /**
   * Applies committed entries, the first of them following on the last one applied. All that they
   * change is written as one batch, with the index of the last of them; then it is shown to
   * readers. How the log is cut into calls makes no difference to the rows, the outcomes or the
   * digest.
   *
   * @throws Invariant.Violation when an entry is out of order, or holds a command that this version
   *     does not know; the store must not be used any more
   * @throws UnknownFeatureLevel when an entry raises the level above what this version knows;
   *     likewise
   * @throws OrderedStore.StorageFailure when the batch cannot be written; likewise
   */
  public AppliedRange apply(List<LogEntry> entries) {
    var now = heap;
    var outcomes = new ArrayList<Outcome>(entries.size());
    for (LogEntry entry : entries) {
      outcomes.add(apply(now, entry));
    }
    var listings = Listings.NONE;
    if (!entries.isEmpty()) {
      rows.rows().write(now.rowWriter.drain(now.counters));
      listings = now.instances.publish();
      now.keys.publish(now.counters.revision);
      guardView = GuardView.of(now);
      changeLogBytes = now.changeLog.bytes();
      status = now.status();
    }
    return now.revisionWriter.drain(outcomes, listings);
  }

  /** What the software that applies the log knows. */
  public Features features() {
    return features;
  }

  /** The registry after the last call of {@link #apply}. */
  public StoreStatus status() {
    return status;
  }

  /** Index up to which everything applied would survive a crash; the log may be cut behind it. */
  public long flushedIndex() {
    return use(used -> Heap.counters(used.getFlushed(RowKeys.meta())).lastApplied);
  }

  /**
   * The registry as it is now, to be streamed at leisure on another thread. Takes no time, and
   * holds up nothing; as long as it is open, rows that change are kept twice.
   */
  public SnapshotReader snapshot() {
    var used = rows;
    Invariant.check(used.tryEnter(), "the rows in use have been given up");
    var view = used.rows().pin();
    return new SnapshotReader(
        new UsedView(view, used), RowKeys.firstReplicated(), heap.counters.lastApplied);
  }

  /**
   * Begins to receive a snapshot, beside the registry in use. One at a time.
   *
   * @param origin kept with it; see {@link #origin}
   */
  public StagedRegistry stage(byte[] origin) {
    return new StagedRegistry(use(OrderedStore::stage), origin, features);
  }

  /**
   * Switches to a finished snapshot that is ahead of this registry: first the disk, in one step
   * that survives a crash or has not happened, then what readers see. Each read sees the old or the
   * new registry; the revision never goes back. The rows from before stay until the snapshot is
   * closed.
   *
   * @throws Invariant.Violation when it is not ahead
   * @throws OrderedStore.StorageFailure when the disk cannot be switched; the store must not be
   *     used any more
   */
  public void install(StagedRegistry snapshot) {
    var next = snapshot.heap();
    var now = status;
    Invariant.check(
        next.counters.lastApplied > now.lastApplied() && next.counters.revision >= now.revision(),
        "install of entry %d, revision %d over entry %d, revision %d",
        next.counters.lastApplied,
        next.counters.revision,
        now.lastApplied(),
        now.revision());
    rows = snapshot.takeOver(rows);
    // In the order of apply: who sees the status finds the instances.
    heap = next;
    guardView = GuardView.of(next);
    changeLogBytes = next.changeLog.bytes();
    status = next.status();
  }

  /** What was given with the snapshot that these rows began as, if they did. */
  public Optional<byte[]> origin() {
    return use(used -> used.get(RowKeys.origin()));
  }

  /** The instances of a service; none, at revision 0, of a service never heard of. */
  public ServiceSnapshot service(ServiceKey key) {
    return heap.instances.service(key);
  }

  /**
   * A page of the services of a namespace that have instances or a spec, in order of folded name.
   *
   * @param foldedNamespace see {@link ServiceKey#foldedNamespace}
   * @param prefix of the names wanted, without regard to case; empty for all
   * @param afterFoldedName where the page before ended
   * @param limit of services in the page
   */
  public List<ServiceSummary> services(
      String foldedNamespace, String prefix, Optional<String> afterFoldedName, int limit) {
    return heap.instances.services(foldedNamespace, prefix, afterFoldedName, limit);
  }

  /** One instance. */
  public Optional<RegisteredInstance> instance(InstanceKey key) {
    return heap.instances.service(key.service()).find(key.instanceId());
  }

  /**
   * When the next override or drain ends, by the replicated clock: it does with the first entry
   * that is stamped no earlier. Apply thread.
   */
  public OptionalLong nextDeadlineMillis() {
    return heap.standings.nextDeadline();
  }

  /** What an operator says of the instance, registered or not. */
  public Optional<StatusOverride> override(InstanceKey key) {
    return heap.standings.override(key);
  }

  /**
   * Overrides of one namespace, in order of key.
   *
   * @param from the first key wanted
   */
  public List<Map.Entry<InstanceKey, StatusOverride>> overrides(InstanceKey from, int limit) {
    return heap.standings.overrides(from, limit);
  }

  /**
   * How an instance that is not there went, as long as the change log knows. Any thread that may
   * wait for a disk.
   */
  public Optional<Removal> removal(InstanceKey key) {
    var tombstone = heap.instances.tombstone(key);
    return tombstone == null
        ? Optional.empty()
        : use(used -> used.get(RowKeys.change(tombstone.revision())))
            .flatMap(row -> removal(tombstone.revision(), row, key));
  }

  private static Optional<Removal> removal(long revision, byte[] row, InstanceKey key) {
    for (var change : ChangeCodec.decode(revision, row, Interner.NONE).changes()) {
      if (change instanceof Change.Removed removed && removed.key().equals(key)) {
        return Optional.of(new Removal(revision, removed.incarnation(), removed.cause()));
      }
    }
    return Optional.empty();
  }

  /**
   * Visits what happened from a revision on, in order and without gap, as of this moment: until the
   * visitor has enough or the log ends; nothing when the revision is yet to come. What is visited
   * has no links to the revisions before. Any thread that may wait for a disk, and for the visitor:
   * rows stay that are compacted meanwhile.
   *
   * @param from a revision, 1 or more
   * @throws Compacted when the log does not hold it any more
   * @throws Invariant.Violation when the log has a gap
   */
  public void changes(long from, ChangeLogVisitor visitor) {
    use(used -> {
      try (var view = used.pin()) {
        new ChangeLogReader(view, from).forEach(visitor);
      }
      return used;
    });
  }

  /**
   * Time to live of a lease that is there, without renewal, in lease time. Any thread that may wait
   * for a disk; {@link #leases} knows more.
   */
  public OptionalLong ttlMillis(long leaseId) {
    return use(used -> used.get(RowKeys.lease(leaseId)))
        .map(row -> OptionalLong.of(RowCodec.lease(leaseId, row, List.of()).ttlMillis()))
        .orElse(OptionalLong.empty());
  }

  /** The leases, always as of the last call of {@link #apply} or {@link #install}. Apply thread. */
  public Leases leases() {
    return new LatestLeases();
  }

  /** The guards, always as of the last call of {@link #apply} or {@link #install}. Apply thread. */
  public Guards guards() {
    return new LatestGuards();
  }

  /** All keys as they are now, to be read at leisure. */
  public KeyView keyView() {
    return heap.keys.view();
  }

  /** A key of a namespace, which is folded. */
  public Optional<KeyEntry> key(String foldedNamespace, String key) {
    return heap.keys.key(foldedNamespace, key);
  }

  /**
   * Keys of a namespace that begin with a prefix, in order, all as they were at one revision.
   *
   * @param foldedNamespace see {@link ServiceKey#foldedNamespace}
   * @param prefix empty for all
   * @param after only keys after this one
   * @param limit of keys
   */
  public KeyPage keys(String foldedNamespace, String prefix, Optional<String> after, int limit) {
    return heap.keys.keys(foldedNamespace, prefix, after, limit);
  }

  /** The guards after the last call of {@link #apply}. */
  public GuardView guardView() {
    return guardView;
  }

  /**
   * The revision below which the change log may be dropped now; 0 when nothing of it may. Apply
   * thread.
   *
   * @param wallMillis now
   */
  public long compactBelow(ChangeLogRetention retention, long wallMillis) {
    return heap.changeLog.compactBelow(retention, heap.counters.revision, wallMillis);
  }

  /** Bytes of the change log's rows after the last call of {@link #apply}, roughly. */
  public long changeLogBytes() {
    return changeLogBytes;
  }

  /** Makes everything applied so far durable; takes as long as the disk does. */
  public void flush() {
    use(used -> {
      used.flush();
      return used;
    });
  }

  @Override
  public void close() {
    rows.rows().close();
  }

  private static Outcome apply(Heap heap, LogEntry entry) {
    var counters = heap.counters;
    Invariant.check(
        entry.index() == counters.lastApplied + 1,
        "entry %d after entry %d",
        entry.index(),
        counters.lastApplied);
    heap.executor.advanceTo(entry.wallMillis());
    var outcome =
        entry.command().length == 0
            ? new Outcome.Nothing(counters.revision)
            : heap.executor.execute(decode(heap, entry));
    counters.lastApplied = entry.index();
    counters.digest = heap.rowWriter.endEntry(counters.digest, entry.index());
    return outcome;
  }

  private static Request decode(Heap heap, LogEntry entry) {
    try {
      return heap.registrations
          .read(entry.command())
          .orElseGet(() -> CommandCodec.decode(entry.command(), heap.interner));
    } catch (InvalidRequest e) {
      throw new Invariant.Violation(
          "entry %d holds what this version cannot apply: %s"
              .formatted(entry.index(), e.getMessage()),
          e);
    }
  }

  /** Any thread: the rows in use may be replaced meanwhile, but not closed. */
  private <T> T use(Function<OrderedStore, T> use) {
    while (true) {
      var used = rows;
      if (used.tryEnter()) {
        try {
          return use.apply(used.rows());
        } finally {
          used.leave();
        }
      }
    }
  }

  /** A view of rows that are kept for it. */
  private record UsedView(OrderedStore.View view, SharedRows rows, AtomicBoolean isClosed)
      implements OrderedStore.View {
    private UsedView(OrderedStore.View view, SharedRows rows) {
      this(view, rows, new AtomicBoolean());
    }

    @Override
    public void scan(byte[] from, BiPredicate<byte[], byte[]> visitor) {
      view.scan(from, visitor);
    }

    @Override
    public void close() {
      if (isClosed.compareAndSet(false, true)) {
        view.close();
        rows.leave();
      }
    }
  }

  /** Those of whichever heap is in use. */
  private final class LatestLeases implements Leases {
    @Override
    public Optional<Lease> find(long leaseId) {
      return heap.leases.find(leaseId);
    }

    @Override
    public void forEach(Consumer<Lease> visitor) {
      heap.leases.forEach(visitor);
    }

    @Override
    public void forEachTtl(TtlVisitor visitor) {
      heap.leases.forEachTtl(visitor);
    }

    @Override
    public int size() {
      return heap.leases.size();
    }

    @Override
    public int size(String foldedNamespace) {
      return heap.leases.size(foldedNamespace);
    }

    @Override
    public int suspects(String foldedNamespace) {
      return heap.leases.suspects(foldedNamespace);
    }

    @Override
    public int suspects() {
      return heap.leases.suspects();
    }

    @Override
    public boolean isSuspect(long leaseId) {
      return heap.leases.isSuspect(leaseId);
    }

    @Override
    public boolean hasKeys(long leaseId) {
      return heap.leases.hasKeys(leaseId);
    }

    @Override
    public KeyClaim keyClaim(long leaseId) {
      return heap.leases.keyClaim(leaseId);
    }
  }

  /** Those of whichever heap is in use. */
  private final class LatestGuards implements Guards {
    @Override
    public Optional<Guard> find(String foldedNamespace) {
      return heap.guards.find(foldedNamespace);
    }

    @Override
    public void forEach(Consumer<Guard> visitor) {
      heap.guards.forEach(visitor);
    }
  }
}
