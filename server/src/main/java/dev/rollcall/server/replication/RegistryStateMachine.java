package dev.rollcall.server.replication;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.driver.LogStartCodec;
import dev.rollcall.raft.driver.SnapshotStaging;
import dev.rollcall.raft.driver.StateMachine;
import dev.rollcall.raft.driver.StateSnapshot;
import dev.rollcall.store.LogEntry;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.watch.WatchHub;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bridge from the log to the store, and the way of what was applied to those who wait for it.
 * In this order: the store, whose batch is the truth; lease deadlines; watchers; reads. Apply
 * thread only.
 */
final class RegistryStateMachine implements StateMachine<Outcome> {
  private static final byte[] NO_COMMAND = new byte[0];

  private final RegistryStore store;
  private final LeaseExpirer expirer;
  private final DeadlineProposer deadlines;
  private final ChangeLogCompactor compactor;
  private final WatchHub hub;
  private final RevisionWaits revisions;

  RegistryStateMachine(
      RegistryStore store,
      LeaseExpirer expirer,
      DeadlineProposer deadlines,
      ChangeLogCompactor compactor,
      WatchHub hub,
      RevisionWaits revisions) {
    this.store = store;
    this.expirer = expirer;
    this.deadlines = deadlines;
    this.compactor = compactor;
    this.hub = hub;
    this.revisions = revisions;
  }

  @Override
  public long lastApplied() {
    return store.status().lastApplied();
  }

  @Override
  public List<Outcome> apply(List<Entry> entries) {
    var range = store.apply(logEntries(entries));
    expirer.applied(range.leasesCreated(), range.leasesEnded());
    expirer.givenKeys(range.leasesGivenKeys());
    for (Outcome outcome : range.outcomes()) {
      switch (outcome) {
        case Outcome.Registered registered -> expirer.named(registered.leaseId());
        case Outcome.LeaseGranted granted -> expirer.named(granted.leaseId());
        default -> {}
      }
    }
    hub.publish(range);
    revisions.reached(store.status().revision());
    return range.outcomes();
  }

  @Override
  public Payload digest() {
    return Payload.wrap(store.status().digest().toBytes());
  }

  @Override
  public long durableIndex() {
    return store.flushedIndex();
  }

  @Override
  public StateSnapshot snapshot() {
    return new RegistrySnapshot(store.snapshot());
  }

  @Override
  public SnapshotStaging stage(LogStart start) {
    return RegistryStaging.of(store, start);
  }

  @Override
  public void install(SnapshotStaging staged) {
    if (!(staged instanceof RegistryStaging registry)) {
      throw new IllegalArgumentException("install of something else: " + staged);
    }
    store.install(registry.registry());
    // This node does not lead, so no lease has a deadline here that could be wrong now: leases get
    // their full TTL when leadership starts, as of the state then.
    hub.reset();
    revisions.reached(store.status().revision());
  }

  @Override
  public Optional<LogStart> installed() {
    return store.origin().map(origin -> LogStartCodec.decode(Payload.wrap(origin)));
  }

  @Override
  public void leadershipStarted(long term) {
    expirer.leadershipStarted(term);
    deadlines.leadershipStarted(term);
    compactor.leadershipStarted(term);
  }

  @Override
  public void leadershipConfirmed() {
    expirer.leadershipConfirmed();
    deadlines.leadershipConfirmed();
    compactor.leadershipConfirmed();
  }

  @Override
  public void leadershipEnded() {
    expirer.leadershipEnded();
    deadlines.leadershipEnded();
    compactor.leadershipEnded();
  }

  @Override
  public void close() {
    store.flush();
  }

  /** Entries as the store takes them. */
  static List<LogEntry> logEntries(List<Entry> entries) {
    var converted = new ArrayList<LogEntry>(entries.size());
    for (Entry entry : entries) {
      // What is no command still has an index, and the store's last applied must reach it.
      byte[] command = entry.kind() == EntryKind.COMMAND ? entry.payload().bytes() : NO_COMMAND;
      converted.add(new LogEntry(entry.index(), entry.wallMillis(), command));
    }
    return converted;
  }
}
