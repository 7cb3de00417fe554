package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.check.HistoryEvent;
import dev.rollcall.chaos.check.ToldChange;
import dev.rollcall.chaos.check.WatchedScope;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Ready.RoleState;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.RevisionChanges;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.kv.KeyPage;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the world shows to its invariants: facts about nodes, as they happen, and what clients see.
 */
sealed interface Observation {
  /** A node started; a new life. */
  record Started(int node) implements Observation {}

  /** A node crashed; its unsynced writes are gone. */
  record Crashed(int node) implements Observation {}

  /** A node's disk holds this term and vote, at its start or from now on. */
  record HardStateDurable(int node, HardState state) implements Observation {}

  /** A node was asked for the index of a linearizable read. */
  record ReadAsked(int node, long id) implements Observation {}

  /** It has it. */
  record ReadGranted(int node, long id, long index) implements Observation {}

  /**
   * A turn is over in which a node, as the leader, gave read indexes, itself or others.
   *
   * @param configurations that in force now, and that before the turn
   */
  record ConfirmedUnder(int node, List<Configuration> configurations) implements Observation {}

  /** A node was asked for what needs a leader that is confirmed: a linearizable read, a renewal. */
  record RequestArrived(int node, long id) implements Observation {}

  /** It answered it with success. */
  record RequestAnswered(int node, long id) implements Observation {}

  /** A node sends such requests on to the leader. */
  record RequestSentOn(int node, long id) implements Observation {}

  /** The leader's answer is there, and is a success. */
  record SentOnAnswered(int node, long id) implements Observation {}

  /**
   * A node leads a term that it did not lead before.
   *
   * @param configurations that in force now, and that before the turn in which it was elected
   */
  record Elected(int node, long term, List<Configuration> configurations) implements Observation {}

  /** A node says that it has applied again what its log knew to be committed at the start. */
  record Ready(int node, long applied, long committedAtStart) implements Observation {}

  /**
   * In its last turn a node took entries back.
   *
   * @param from the first of them
   * @param configurationIndex of the configuration in force after the turn
   * @param appended whether that one came with the turn
   */
  record Truncated(int node, long from, long configurationIndex, boolean appended)
      implements Observation {}

  /** Another configuration is in force on a node. */
  record Configured(int node, long index, Configuration configuration) implements Observation {}

  /** A command that was proposed to a node was applied there, as it was told, at this index. */
  record ProposalApplied(int node, long index, Payload command) implements Observation {}

  /** A node put a message on the network. */
  record Sent(int node, int to, Message message) implements Observation {}

  /**
   * A node takes in what somebody sends as the leader of an older term than its own.
   *
   * @param term its own, which is on its disk
   */
  record HeardOlder(int node, int leader, long term) implements Observation {}

  /** The turn is over in which it did. */
  record HeardOlderTurnOver(int node) implements Observation {}

  /** A voter refused a candidate its vote, with the reason in its words. */
  record VoteRefused(int voter, int candidate, long term, String reason) implements Observation {}

  /**
   * A node's role, term or leader changes in the middle of a turn; {@link RoleChanged} comes with
   * the turn's result, behind the reads that it grants.
   */
  record RoleChanging(int node) implements Observation {}

  /** A node's role, term or leader changed. */
  record RoleChanged(int node, RoleState role) implements Observation {}

  /** A node's commit index moved. */
  record Committed(int node, long commitIndex) implements Observation {}

  /**
   * A leader's commit index moved to an entry of its own term.
   *
   * @param configurations that in force now, and that before the turn in which it moved
   */
  record LeaderCommitted(int node, EntryId id, List<Configuration> configurations)
      implements Observation {}

  /**
   * A leader and what it believes, after each of its turns that did something.
   *
   * @param matchIndexes how far it takes each member's durable log to equal its own
   */
  record Leading(int node, long term, long lastIndex, Map<NodeId, Long> matchIndexes)
      implements Observation {}

  /**
   * What a node takes for durable after a turn.
   *
   * @param durableIndex up to which it does
   * @param unwrittenFrom first index that a write under way may change; beyond all for none
   */
  record TakenForDurable(int node, long durableIndex, long unwrittenFrom) implements Observation {}

  /**
   * A leader has a write under way.
   *
   * @param ticks of its clock since it began, since the one before was done, or since the
   *     configuration is this one
   */
  record LeadsWaiting(int node, long ticks, Configuration configuration) implements Observation {}

  /**
   * A leader is handing over.
   *
   * @param ticks of its clock since it began to
   */
  record HandingOver(int node, long ticks) implements Observation {}

  /** What a leader goes by after each of its turns, and whether it knows that to be committed. */
  record LeadsUnder(int node, Configuration configuration, boolean isCommitted)
      implements Observation {}

  /** A node's log begins later than before; its state would survive a crash up to an index. */
  record LogBegan(int node, long firstIndex, long durableIndex) implements Observation {}

  /**
   * What a node takes for durable, and what is on its disk.
   *
   * @param believed last entry of the log that the node shows and is not replacing
   * @param lastIndex index of the last entry that is there
   * @param term of the entry that is there at the index believed in; 0 for none
   * @param isWriting whether a write of what follows is under way, which may be there or not
   * @param isDamaged whether the disk was damaged on purpose, so that nobody can tell
   */
  record LogRead(
      int node, EntryId believed, long lastIndex, long term, boolean isWriting, boolean isDamaged)
      implements Observation {}

  /**
   * A node has opened its log again.
   *
   * @param before last entry that was durable at the crash for sure
   * @param isThere whether the log still has it
   * @param differsAt first index at which the log shows another entry than its disk holds, or one
   *     of both ends; 0 for none
   */
  record LogReopened(int node, EntryId before, boolean isThere, long differsAt)
      implements Observation {}

  /**
   * A node has started.
   *
   * @param durableIndex of the configuration that was in force at the crash and durable for sure; 0
   *     for none
   * @param index of the one in force now
   */
  record ConfigurationRestored(int node, long durableIndex, long index) implements Observation {}

  /**
   * A node's log began anew behind a snapshot within the turn that is over.
   *
   * @param previousIndex last that the snapshot holds
   */
  record LogBeganAnew(int node, long previousIndex, long lastIndex, long configurationIndex)
      implements Observation {}

  /** A node hears of a snapshot that it needs. */
  record SnapshotOffered(int node) implements Observation {}

  /** A node has installed a snapshot, or sends a piece of one, which says where its log begins. */
  record SnapshotBegins(int node, LogStart start) implements Observation {}

  /**
   * A node sent a piece of a snapshot.
   *
   * @param index last that the snapshot holds
   * @param firstIndex of the node's log, as far as it was cut and did not begin anew
   */
  record SnapshotPieceSent(int node, long index, long firstIndex) implements Observation {}

  /** A node has not let go of a whole snapshot since it had applied by itself as much. */
  record SnapshotKept(int node, long index) implements Observation {}

  /** A node's state was replaced by that of a snapshot. */
  record Installed(int node, long index, String digest) implements Observation {}

  /** A node is about to apply entries; if it crashes in it, they may be in its state or not. */
  record Applying(int node, List<Entry> entries) implements Observation {}

  /** A node applied entries; {@code digest} is that of its store afterwards. */
  record Applied(int node, List<Entry> entries, String digest) implements Observation {}

  /**
   * The guard against mass expiry, that of all but those who want the lock, was engaged, or
   * released.
   *
   * @param leases there were in its namespace; 0 when it was released
   */
  record GuardChanged(boolean isEngaged, int leases) implements Observation {}

  /**
   * The leader of this term has let leases expire: seen first on whichever node applied it.
   *
   * @param unguarded those of them that the guard of the instances does not hold: they carried
   *     keys, or are of another namespace
   */
  record LeasesExpired(long term, List<Long> leaseIds, Set<Long> unguarded) implements Observation {
    LeasesExpired(long term, List<Long> leaseIds) {
      this(term, leaseIds, Set.of());
    }
  }

  /**
   * A client was told what became of a write of keys.
   *
   * @param startNanos when it asked for that first
   */
  record KeysWritten(long startNanos, Request request, Outcome outcome) implements Observation {}

  /**
   * A client was shown the keys that begin with a prefix.
   *
   * @param startNanos when it asked
   * @param isLinearizable else the answer may be old, but never wrong
   */
  record KeysRead(long startNanos, boolean isLinearizable, String prefix, KeyPage page)
      implements Observation {}

  /**
   * A node has made something of entries: an outcome of each.
   *
   * @param store as it is now, to be looked at
   */
  record Executed(int node, List<Entry> entries, List<Outcome> outcomes, RegistryStore store)
      implements Observation {}

  /** The cluster's history grew by a revision, seen first on whichever node applied it first. */
  record Happened(RevisionChanges changes) implements Observation {}

  /**
   * A watcher of changes is told of a revision.
   *
   * @param after the revision up to which it was told everything before
   */
  record ChangesTold(
      int watcher, WatchedScope scope, long after, long revision, List<ToldChange> changes)
      implements Observation {}

  /** A watcher of changes is told that there is nothing behind one revision and up to another. */
  record NothingTold(int watcher, WatchedScope scope, long after, long upTo)
      implements Observation {}

  /**
   * A watcher of changes is told that the log does not go back to what comes next for it.
   *
   * @param compactRevision the lowest that it may begin with
   */
  record LogTooShort(int watcher, long after, long compactRevision) implements Observation {}

  /**
   * A watcher of state shows a service, after all it was told of a revision, or of a snapshot.
   *
   * @param before the revision of the service that it showed before, in whichever life of whichever
   *     node
   */
  record StateShown(
      int watcher,
      WatchedScope scope,
      ServiceKey service,
      long before,
      long revision,
      Map<InstanceKey, RegisteredInstance> shown)
      implements Observation {}

  /** Somebody has the lock, and believes so. */
  record LockHeld(int locker, long token) implements Observation {}

  /** It does not any more. */
  record LockLeft(int locker) implements Observation {}

  /** A leader begins to count the time of leases. */
  record LeasesStarted(int node, long term) implements Observation {}

  /** A leader that counts the time of leases knows that it leads. */
  record LeadershipConfirmed(int node) implements Observation {}

  /** A client wants a lease to live on; the request may be under way until then. */
  record RenewalAsked(long leaseId, long untilNanos) implements Observation {}

  /** A client was told that a lease it made or renewed at {@code startNanos} lives. */
  record RenewalAcknowledged(long startNanos, long leaseId, long ttlMillis)
      implements Observation {}

  /** A client asked for something, or was told what came of it. */
  record ByClient(HistoryEvent event) implements Observation {}
}
