package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Committed;
import dev.rollcall.chaos.simulation.Observation.ConfigurationRestored;
import dev.rollcall.chaos.simulation.Observation.Configured;
import dev.rollcall.chaos.simulation.Observation.ConfirmedUnder;
import dev.rollcall.chaos.simulation.Observation.Elected;
import dev.rollcall.chaos.simulation.Observation.HandingOver;
import dev.rollcall.chaos.simulation.Observation.HardStateDurable;
import dev.rollcall.chaos.simulation.Observation.HeardOlder;
import dev.rollcall.chaos.simulation.Observation.HeardOlderTurnOver;
import dev.rollcall.chaos.simulation.Observation.LeaderCommitted;
import dev.rollcall.chaos.simulation.Observation.Leading;
import dev.rollcall.chaos.simulation.Observation.LeadsUnder;
import dev.rollcall.chaos.simulation.Observation.LeadsWaiting;
import dev.rollcall.chaos.simulation.Observation.LogBegan;
import dev.rollcall.chaos.simulation.Observation.LogBeganAnew;
import dev.rollcall.chaos.simulation.Observation.ReadAsked;
import dev.rollcall.chaos.simulation.Observation.ReadGranted;
import dev.rollcall.chaos.simulation.Observation.RoleChanged;
import dev.rollcall.chaos.simulation.Observation.RoleChanging;
import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.chaos.simulation.Observation.SnapshotBegins;
import dev.rollcall.chaos.simulation.Observation.SnapshotOffered;
import dev.rollcall.chaos.simulation.Observation.SnapshotPieceSent;
import dev.rollcall.chaos.simulation.Observation.TakenForDurable;
import dev.rollcall.chaos.simulation.Observation.Truncated;
import dev.rollcall.chaos.simulation.Observation.VoteRefused;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.Message.AppendEntries;
import dev.rollcall.raft.core.Message.Heartbeat;
import dev.rollcall.raft.core.Message.ReadIndexResponse;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.RaftEvent;
import dev.rollcall.raft.core.Ready;
import dev.rollcall.raft.core.Restored;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.core.TraceEvent;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.store.RegistryStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is seen of one life of a node: shows the world what its core tells of itself, what it sends,
 * and, after each turn of one of its parts, what has changed.
 */
final class LifeWatch {
  private final int number;
  private final SimCluster cluster;
  private final SegmentedLog log;
  private final RegistryStore store;
  private final MarkWatch marks;

  /** Of the log as it was opened. */
  private final long lastIndexFound;

  private long committedAtStart;

  private boolean isReady;
  private long commitIndexSeen;
  private long firstIndexSeen;
  private Configuration configurationSeen;
  private long configurationIndexSeen;

  /** Whether the configuration seen last is committed, if it is joint. */
  private boolean isJointCommitted;

  /** Entries that carry configurations, by index, as far as this life saw them. */
  private final Map<Long, EntryId> configurationEntries = new HashMap<>();

  private long termElected;
  private long termLed;
  private final List<EntryId> committedAsLeader = new ArrayList<>();

  /** Whether the voters' states were last found to differ with no majority for any. */
  private boolean isDisputed;

  /** Handed out to be written, and not known to be durable. */
  private final ArrayDeque<Ready.Persist> writes = new ArrayDeque<>();

  /** Of its clock, since the first of those is the first and the configuration what it is. */
  private long ticksWaited;

  /** Of its clock, since it began to hand over; negative when it does not. */
  private long ticksHandingOver = -1;

  private long termDurable;

  /** Behind which its log last began anew; 0 when it did not. */
  private long restartedBehind;

  // Of the turn that runs:
  private boolean beganAnew;
  private boolean gaveReadIndexes;
  private boolean heardOlder;

  /** From where on it has taken entries back; 0 when it has not. */
  private long truncatedFrom;

  /** Index of the last configuration among its entries. */
  private long configurationAppended;

  /**
   * Before the core is made, which has something to tell at once.
   *
   * @param log of the node, open
   * @param store of the node, open
   */
  LifeWatch(int number, SimCluster cluster, SegmentedLog log, RegistryStore store) {
    this.number = number;
    this.cluster = cluster;
    this.log = log;
    this.store = store;
    marks = new MarkWatch(cluster.world().totals().marks);
    lastIndexFound = log.lastIndex();
    configurationSeen = cluster.first(); // until it has started
  }

  /**
   * The core is made, and the log begins where the state wants it to.
   *
   * @param status before its first turn
   * @param configurationForSure index of the configuration that must be in force, as of the life
   *     before; 0 for none
   */
  void started(RaftStatus status, long configurationForSure) {
    Restored restored = log.restored(store.status().lastApplied());
    committedAtStart = restored.commitIndex();
    firstIndexSeen = log.firstIndex();
    for (var at : restored.configurations()) {
      if (at.index() >= log.firstIndex()) {
        remember(new EntryId(log.term(at.index()), at.index()));
      }
    }
    termDurable = restored.hardState().currentTerm();
    configurationSeen = status.configuration();
    configurationIndexSeen = status.configurationIndex();
    see(new HardStateDurable(number, restored.hardState()));
    see(new ConfigurationRestored(number, configurationForSure, configurationIndexSeen));
    marks.started(status, lastIndexFound, store.status().lastApplied());
  }

  /**
   * The entry at this index, which carries a configuration; of term 0 where this life never saw it.
   */
  EntryId configurationEntry(long index) {
    return configurationEntries.getOrDefault(index, new EntryId(0, index));
  }

  private void remember(EntryId configuration) {
    configurationEntries.put(configuration.index(), configuration);
  }

  boolean isDisputed() {
    return isDisputed;
  }

  /** The first index that a write under way may change; beyond all for none. */
  long unwrittenFrom() {
    long from = Long.MAX_VALUE;
    for (Ready.Persist write : writes) {
      if (write.start().isPresent()) {
        from = Math.min(from, write.start().get().previous().index() + 1);
      } else if (!write.entries().isEmpty()) {
        from = Math.min(from, write.entries().getFirst().index());
      }
    }
    return from;
  }

  /** The turn that runs failed; its messages may have left. */
  void failed(RaftStatus status) {
    commitsSeen(status);
  }

  /**
   * A turn is over.
   *
   * @param isReplayed whether it has applied again what it knew to be committed
   */
  void turned(RaftStatus status, boolean isReplayed) {
    if (status.role() == Role.LEADER) {
      leads(status);
    }
    if (heardOlder) {
      heardOlder = false;
      see(new HeardOlderTurnOver(number));
    }
    if (!isReady && isReplayed) {
      isReady = true;
      see(new Observation.Ready(number, store.status().lastApplied(), committedAtStart));
    }
    if (truncatedFrom > 0) {
      long index = status.configurationIndex();
      see(new Truncated(number, truncatedFrom, index, index == configurationAppended));
      truncatedFrom = 0;
    }
    configurationAppended = 0;
    if (status.commitIndex() != commitIndexSeen) {
      commitIndexSeen = status.commitIndex();
      see(new Committed(number, commitIndexSeen));
    }
    commitsSeen(status);
    see(new TakenForDurable(number, status.durableIndex(), unwrittenFrom()));
    if (gaveReadIndexes) {
      gaveReadIndexes = false;
      see(new ConfirmedUnder(number, beforeAndNow(status)));
    }
    if (beganAnew) {
      beganAnew = false;
      long configurationIndex = status.configurationIndex();
      see(new LogBeganAnew(number, restartedBehind, status.lastIndex(), configurationIndex));
    }
    isConfigured(status);
    if (log.firstIndex() != firstIndexSeen) {
      firstIndexSeen = log.firstIndex();
      cluster.world().totals().logsCut++;
      see(new LogBegan(number, firstIndexSeen, store.flushedIndex()));
    }
  }

  private void leads(RaftStatus status) {
    see(new Leading(number, status.term(), status.lastIndex(), status.matchIndexes()));
    see(new LeadsUnder(number, status.configuration(), status.isConfigurationCommitted()));
    if (ticksHandingOver >= 0) {
      see(new HandingOver(number, ticksHandingOver));
    }
    if (status.configurationIndex() != configurationIndexSeen) {
      ticksWaited = 0; // from now on there may be somebody else to lead
    }
    if (ticksWaited > 0) {
      see(new LeadsWaiting(number, ticksWaited, status.configuration()));
    }
    if (status.term() != termElected) {
      termElected = status.term();
      see(new Elected(number, termElected, beforeAndNow(status)));
    }
  }

  private void isConfigured(RaftStatus status) {
    if (status.configurationIndex() != configurationIndexSeen) {
      marks.configured(configurationSeen, status.configurationIndex(), status.configuration());
      cluster.configurationSeen(status.configurationIndex(), status.configuration());
      see(new Configured(number, status.configurationIndex(), status.configuration()));
    }
    configurationIndexSeen = status.configurationIndex();
    configurationSeen = status.configuration();
    isJointCommitted = status.isConfigurationCommitted();
  }

  private List<Configuration> beforeAndNow(RaftStatus status) {
    return List.of(configurationSeen, status.configuration());
  }

  private void commitsSeen(RaftStatus status) {
    for (EntryId id : committedAsLeader) {
      see(new LeaderCommitted(number, id, inForceAt(id, status)));
    }
    committedAsLeader.clear();
  }

  /**
   * What a commit within the last turn was decided by. A joint configuration ends with its own
   * commit, so that one is its own to decide; else it may have changed before or after.
   */
  private List<Configuration> inForceAt(EntryId committed, RaftStatus status) {
    boolean endsJoint = configurationSeen.isJoint() && !isJointCommitted;
    isJointCommitted |= committed.index() >= configurationIndexSeen;
    return endsJoint ? List.of(configurationSeen) : beforeAndNow(status);
  }

  /** The core tells of itself. */
  void trace(TraceEvent event) {
    marks.trace(event, log.lastIndex());
    cluster.world().hash(() -> number + " " + event);
    switch (event) {
      case TraceEvent.HandedOut(var ready) -> {
        ready.reads().forEach(read -> see(new ReadGranted(number, read.readId(), read.index())));
        gaveReadIndexes |= !ready.reads().isEmpty();
        ready.role().ifPresent(role -> see(new RoleChanged(number, role)));
        ready.persist().ifPresent(this::handedToTheLog);
        ready.snapshot().ifPresent(offer -> see(new SnapshotOffered(number)));
        isDisputed = ready.diverged().filter(agreed -> agreed.digest().length() == 0).isPresent();
      }
      case TraceEvent.Stepped(RaftEvent.Persisted(long sequence)) -> written(sequence);
      case TraceEvent.Stepped(RaftEvent.Tick()) -> {
        ticksWaited += writes.isEmpty() ? 0 : 1;
        ticksHandingOver += ticksHandingOver < 0 ? 0 : 1;
      }
      case TraceEvent.HandsOver(var to) -> ticksHandingOver = 0;
      case TraceEvent.KeptLeading(int parked) -> ticksHandingOver = -1;
      case TraceEvent.Stepped(RaftEvent.Receive(NodeId from, Message message))
          when message.term() < termDurable
              && (message instanceof AppendEntries || message instanceof Heartbeat) -> {
        heardOlder = true;
        see(new HeardOlder(number, cluster.number(from), termDurable));
      }
      case TraceEvent.Stepped(RaftEvent.ReadIndex(long readId)) ->
          see(new ReadAsked(number, readId));
      case TraceEvent.RoleChanged(var role, long term, var leader, var reason) -> {
        termLed = role == Role.LEADER ? term : 0;
        ticksHandingOver = -1;
        see(new RoleChanging(number));
      }
      case TraceEvent.Voted(var candidate, long term, var preVote, var granted, var reason)
          when !preVote && !granted ->
          see(new VoteRefused(number, cluster.number(candidate), term, reason));
      case TraceEvent.Restarted(var previous) -> {
        restartedBehind = previous.index();
        beganAnew = true;
      }
      case TraceEvent.Truncated(long from, long before) ->
          truncatedFrom = truncatedFrom == 0 ? from : Math.min(from, truncatedFrom);
      // By counting, a leader commits entries of its own term only.
      case TraceEvent.Committed(long index) when termLed > 0 ->
          committedAsLeader.add(new EntryId(termLed, index));
      default -> {}
    }
  }

  private void handedToTheLog(Ready.Persist write) {
    writes.add(write);
    for (Entry entry : write.entries()) {
      if (entry.kind() == EntryKind.CONFIGURATION) {
        remember(entry.id());
        configurationAppended = entry.index();
      }
    }
  }

  /** The core hears of what its log has forced. */
  private void written(long sequence) {
    while (!writes.isEmpty() && writes.peek().sequence() <= sequence) {
      HardState durable = writes.remove().hardState();
      termDurable = durable.currentTerm();
      ticksWaited = 0;
      see(new HardStateDurable(number, durable));
    }
  }

  /** It puts a message on the network. */
  void sent(int to, Message message) {
    see(new Sent(number, to, message));
    gaveReadIndexes |= message instanceof ReadIndexResponse;
  }

  /** It puts a word about a snapshot on the network. */
  void sent(SnapshotMessage message) {
    marks.sent(message);
    if (message instanceof SnapshotMessage.SnapshotChunk piece) {
      long index = piece.start().previous().index();
      long firstIndex = log.firstIndex();
      boolean hasBegunAnew = firstIndex <= restartedBehind + 1;
      see(new SnapshotPieceSent(number, index, hasBegunAnew ? 0 : firstIndex));
      see(new SnapshotBegins(number, piece.start()));
    }
  }

  private void see(Observation observation) {
    cluster.world().see(observation);
  }
}
