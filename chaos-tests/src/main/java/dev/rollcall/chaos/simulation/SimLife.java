package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.chaos.simulation.Observation.Committed;
import dev.rollcall.chaos.simulation.Observation.ConfigurationRestored;
import dev.rollcall.chaos.simulation.Observation.Configured;
import dev.rollcall.chaos.simulation.Observation.ConfirmedUnder;
import dev.rollcall.chaos.simulation.Observation.Elected;
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
import dev.rollcall.chaos.simulation.Observation.RequestAnswered;
import dev.rollcall.chaos.simulation.Observation.RequestArrived;
import dev.rollcall.chaos.simulation.Observation.RequestSentOn;
import dev.rollcall.chaos.simulation.Observation.RoleChanged;
import dev.rollcall.chaos.simulation.Observation.RoleChanging;
import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.chaos.simulation.Observation.SentOnAnswered;
import dev.rollcall.chaos.simulation.Observation.SnapshotBegins;
import dev.rollcall.chaos.simulation.Observation.SnapshotOffered;
import dev.rollcall.chaos.simulation.Observation.SnapshotPieceSent;
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
import dev.rollcall.raft.core.Outbound;
import dev.rollcall.raft.core.RaftEvent;
import dev.rollcall.raft.core.Ready;
import dev.rollcall.raft.core.Restored;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.core.TraceEvent;
import dev.rollcall.raft.driver.Part;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.driver.StateMachine;
import dev.rollcall.raft.driver.Transport;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.server.replication.ForwardAnswer;
import dev.rollcall.server.replication.ForwardRequest;
import dev.rollcall.server.replication.Registry;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.watch.WatchHub;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One life of a node, from start to crash: the shipped classes over what the node has kept, each of
 * their parts turned as its thread would.
 */
final class SimLife implements Turns.Owner {
  private static final long REGISTRY_TICK_NANOS = 20 * MILLISECOND;
  private static final long LOOK_NANOS = 2 * SECOND;

  private final SimNode node;
  private final SimCluster cluster;
  private final VirtualTime time;
  private final RandomGenerator random;
  private final int number;
  private final SegmentedLog ownLog;
  private final RegistryStore store;
  private final Stagings stagings;
  private final WatchHub hub;
  private final Registry registry;
  private long commitIndexSeen;
  private Configuration configurationSeen;
  private long configurationIndexSeen;
  private final MarkWatch marks;

  /** Behind which its log last began anew in this life; 0 when it did not. */
  private long restartedBehind;

  private boolean beganAnew;

  /** Entries that carry configurations, by index, as far as this life saw them. */
  private final Map<Long, EntryId> configurationEntries = new HashMap<>();

  /** Whether it gave read indexes as the leader in the turn that runs. */
  private boolean gaveReadIndexes;

  /** Whether the configuration seen last is committed, if it is joint. */
  private boolean isJointCommitted;

  private long firstIndexSeen;
  private final List<EntryId> committedAsLeader = new ArrayList<>();
  private long termLed;

  /** Whether the voters' states were last found to differ with no majority for any. */
  private boolean isDisputed;

  private final long committedAtStart;
  private boolean isReady;
  private long termElected;

  /** From where on the turn has taken entries back; 0 when it has not. */
  private long truncatedFrom;

  /** Index of the last configuration among the entries of the turn. */
  private long configurationAppended;

  /** Handed out to be written, and not known to be durable. */
  private final ArrayDeque<Ready.Persist> writes = new ArrayDeque<>();

  /** Of its clock, since the first of those is the first. */
  private long ticksWaited;

  private long termDurable;
  private boolean heardOlder;

  /**
   * @param log of the node, open
   * @param rows of the store
   */
  SimLife(
      SimNode node,
      SimCluster cluster,
      RandomGenerator random,
      SegmentedLog log,
      MemoryOrderedStore rows) {
    this.node = node;
    this.cluster = cluster;
    this.time = cluster.time();
    this.random = random;
    this.number = node.number();
    this.ownLog = log;
    marks = new MarkWatch(cluster.world().totals().marks);
    long lastIndex = log.lastIndex();
    store = RegistryStore.open(rows);
    stagings = new Stagings(node, time, cluster.world());
    hub = new WatchHub(cluster.config().ringChangesMax(), store);
    registry =
        new Registry(
            store,
            hub,
            this::forward,
            node.clock(),
            cluster.config().replication(),
            this::raftNode);
    Restored restored = log.restored(store.status().lastApplied());
    committedAtStart = restored.commitIndex();
    termDurable = restored.hardState().currentTerm();
    see(new HardStateDurable(number, restored.hardState()));
    configurationSeen = status().configuration();
    firstIndexSeen = ownLog.firstIndex();
    configurationIndexSeen = status().configurationIndex();
    for (var at : restored.configurations()) {
      if (at.index() >= log.firstIndex()) {
        remember(new EntryId(log.term(at.index()), at.index()));
      }
    }
    see(new ConfigurationRestored(number, node.configurationForSure(), configurationIndexSeen));
    marks.started(status(), lastIndex, store.status().lastApplied());
  }

  RegistryStore store() {
    return store;
  }

  Stagings stagings() {
    return stagings;
  }

  Registry registry() {
    return registry;
  }

  RaftStatus status() {
    return registry.node().status();
  }

  /** The entry that carries the configuration in force; of term 0 where this life never saw it. */
  EntryId configurationEntry() {
    long index = status().configurationIndex();
    return configurationEntries.getOrDefault(index, new EntryId(0, index));
  }

  private void remember(EntryId configuration) {
    configurationEntries.put(configuration.index(), configuration);
  }

  boolean isDisputed() {
    return isDisputed;
  }

  /** Makes its state durable as soon as its turn comes. */
  void flush() {
    registry.node().execute(store::flush);
  }

  @Override
  public boolean isAlive() {
    return node.life() == this;
  }

  void begin() {
    var parts = registry.node();
    var threads = cluster.config().threads();
    turns(parts.raftLoop(), threads.raft(), 0);
    turns(parts.logWriter(), threads.log(), 200 * MILLISECOND);
    turns(parts.applier(), threads.apply(), 50 * MILLISECOND);
    turns(parts.snapshots(), threads.snapshots(), 200 * MILLISECOND);
    tick();
    flushLater();
    lookLater();
  }

  /**
   * @param stallNanos what some turns wait in addition, at most
   */
  private void turns(Part part, long maxNanos, long stallNanos) {
    int stallEvery = cluster.config().threads().stallEvery();
    var turns =
        new Turns(
            time,
            node.clock(),
            part,
            () -> {
              long latency = node.slowness() * random.nextLong(maxNanos / 20, maxNanos);
              boolean stalls = stallNanos > 0 && random.nextInt(stallEvery) == 0;
              return stalls ? latency + random.nextLong(stallNanos) : latency;
            },
            this);
    turns.wake();
  }

  @Override
  public void failed(RuntimeException failure) {
    commitsSeen(status()); // of the turn that failed, whose messages may have left
    node.failed(failure);
  }

  @Override
  public void turned() {
    RaftStatus status = status();
    long commitIndex = status.commitIndex();
    if (status.role() == Role.LEADER) {
      see(new Leading(number, status.term(), status.lastIndex(), status.matchIndexes()));
      see(new LeadsUnder(number, status.configuration(), status.isConfigurationCommitted()));
      if (ticksWaited > 0) {
        see(new LeadsWaiting(number, ticksWaited, status.configuration()));
      }
      if (status.term() != termElected) {
        termElected = status.term();
        var either = List.of(configurationSeen, status.configuration());
        see(new Elected(number, termElected, either));
      }
    }
    if (heardOlder) {
      heardOlder = false;
      see(new HeardOlderTurnOver(number));
    }
    if (!isReady && registry.node().replayed().isDone()) {
      isReady = true;
      see(new Observation.Ready(number, store.status().lastApplied(), committedAtStart));
    }
    if (truncatedFrom > 0) {
      long index = status.configurationIndex();
      see(new Truncated(number, truncatedFrom, index, index == configurationAppended));
      truncatedFrom = 0;
    }
    configurationAppended = 0;
    if (commitIndex != commitIndexSeen) {
      commitIndexSeen = commitIndex;
      see(new Committed(number, commitIndex));
    }
    commitsSeen(status);
    if (gaveReadIndexes) {
      gaveReadIndexes = false;
      see(new ConfirmedUnder(number, List.of(configurationSeen, status.configuration())));
    }
    if (beganAnew) {
      beganAnew = false;
      long configurationIndex = status.configurationIndex();
      see(new LogBeganAnew(number, restartedBehind, status.lastIndex(), configurationIndex));
    }
    if (status.configurationIndex() != configurationIndexSeen) {
      marks.configured(configurationSeen, status.configurationIndex(), status.configuration());
      cluster.configurationSeen(status.configurationIndex(), status.configuration());
      see(new Configured(number, status.configurationIndex(), status.configuration()));
    }
    configurationIndexSeen = status.configurationIndex();
    configurationSeen = status.configuration();
    isJointCommitted = status.isConfigurationCommitted();
    if (ownLog.firstIndex() != firstIndexSeen) {
      firstIndexSeen = ownLog.firstIndex();
      cluster.world().totals().logsCut++;
      see(new LogBegan(number, firstIndexSeen, store.flushedIndex()));
    }
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
    return endsJoint
        ? List.of(configurationSeen)
        : List.of(configurationSeen, status.configuration());
  }

  @Override
  public long notBeforeNanos(Part part) {
    return node.notBeforeNanos(part);
  }

  private void see(Observation observation) {
    cluster.world().see(observation);
  }

  private void tick() {
    time.after(
        REGISTRY_TICK_NANOS,
        () -> {
          if (isAlive()) {
            if (!node.isPaused()) {
              registry.tick();
            }
            tick();
          }
        });
  }

  private void flushLater() {
    time.after(
        random.nextLong(500, cluster.config().flushMillisMax() + 1) * MILLISECOND,
        () -> {
          if (isAlive()) {
            flush();
            flushLater();
          }
        });
  }

  private void lookLater() {
    time.after(
        LOOK_NANOS,
        () -> {
          if (isAlive()) {
            node.look();
            stagings.look(store.status().lastApplied());
            lookLater();
          }
        });
  }

  private RaftNode<Outcome> raftNode(StateMachine<Outcome> machine) {
    return new RaftNode<>(
        cluster.config().node(node.id()),
        ownLog,
        new Watched(machine, store, stagings, node, cluster.world()),
        new Transport() {
          @Override
          public void send(List<Outbound> messages) {
            SimLife.this.send(messages);
          }

          @Override
          public void send(NodeId to, SnapshotMessage message) {
            SimLife.this.send(to, message);
          }
        },
        node.clock(),
        new SplittableRandom(random.nextLong()),
        this::trace);
  }

  private void trace(TraceEvent event) {
    marks.trace(event, ownLog.lastIndex());
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
      case TraceEvent.Stepped(RaftEvent.Tick()) -> ticksWaited += writes.isEmpty() ? 0 : 1;
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

  /** The core hears of what its log has forced. */
  private void written(long sequence) {
    while (!writes.isEmpty() && writes.peek().sequence() <= sequence) {
      HardState durable = writes.remove().hardState();
      termDurable = durable.currentTerm();
      ticksWaited = 0;
      see(new HardStateDurable(number, durable));
    }
  }

  private void send(List<Outbound> messages) {
    for (Outbound outbound : messages) {
      int to = cluster.node(outbound.to()).number();
      cluster.world().see(new Sent(number, to, outbound.message()));
      gaveReadIndexes |= outbound.message() instanceof ReadIndexResponse;
      cluster
          .network()
          .send(
              number,
              to,
              outbound.message(),
              () -> {
                var receiver = cluster.nodes().get(to).life();
                if (receiver != null) {
                  receiver.registry.node().receive(node.id(), outbound.message());
                }
              });
    }
  }

  private void send(NodeId to, SnapshotMessage message) {
    marks.sent(message);
    if (message instanceof SnapshotMessage.SnapshotChunk piece) {
      long index = piece.start().previous().index();
      long firstIndex = ownLog.firstIndex();
      boolean hasBegunAnew = firstIndex <= restartedBehind + 1;
      see(new SnapshotPieceSent(number, index, hasBegunAnew ? 0 : firstIndex));
      see(new SnapshotBegins(number, piece.start()));
    }
    int place = cluster.node(to).number();
    cluster
        .network()
        .send(
            number,
            place,
            message,
            () -> {
              var receiver = cluster.nodes().get(place).life();
              if (receiver != null) {
                receiver.registry.node().receive(node.id(), message);
              }
            });
  }

  private void forward(NodeId leader, ForwardRequest request, Consumer<ForwardAnswer> answer) {
    int to = cluster.node(leader).number();
    long id = cluster.world().nextRequest();
    see(new RequestSentOn(number, id));
    Consumer<ForwardAnswer> answered =
        result -> {
          if (result instanceof ForwardAnswer.Renewed) {
            see(new SentOnAnswered(number, id));
          }
          answer.accept(result);
        };
    cluster
        .network()
        .sendOnce(
            number,
            to,
            () -> {
              var receiver = cluster.nodes().get(to).life();
              if (receiver != null) {
                receiver.forwarded(id, request, number, this, answered);
              }
            });
  }

  private void forwarded(
      long id, ForwardRequest request, int from, SimLife asker, Consumer<ForwardAnswer> answer) {
    see(new RequestArrived(number, id));
    registry.onForwarded(
        request,
        result -> {
          if (result instanceof ForwardAnswer.Renewed) {
            see(new RequestAnswered(number, id));
          }
          answer(from, asker, answer, result);
        });
  }

  private void answer(int to, SimLife asker, Consumer<ForwardAnswer> answer, ForwardAnswer result) {
    if (isAlive()) {
      cluster
          .network()
          .sendOnce(
              number,
              to,
              () -> {
                if (asker.isAlive()) {
                  answer.accept(result);
                }
              });
    }
  }
}
