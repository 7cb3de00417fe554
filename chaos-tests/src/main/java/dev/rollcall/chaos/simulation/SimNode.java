package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MICROSECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.chaos.simulation.Observation.Committed;
import dev.rollcall.chaos.simulation.Observation.Crashed;
import dev.rollcall.chaos.simulation.Observation.LeaderCommitted;
import dev.rollcall.chaos.simulation.Observation.Leading;
import dev.rollcall.chaos.simulation.Observation.LogBegan;
import dev.rollcall.chaos.simulation.Observation.RoleChanged;
import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.chaos.simulation.Observation.Started;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Outbound;
import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.core.TraceEvent;
import dev.rollcall.raft.driver.LogWriter;
import dev.rollcall.raft.driver.Part;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.RaftNodeConfig;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.raft.driver.SnapshotConfig;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.driver.StateMachine;
import dev.rollcall.raft.driver.Transport;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogFailure;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.server.replication.ForwardAnswer;
import dev.rollcall.server.replication.ForwardRequest;
import dev.rollcall.server.replication.Registry;
import dev.rollcall.server.replication.ReplicationLimits;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.watch.WatchHub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node: a disk and rows that outlive it, and, while it runs, a life of the shipped classes over
 * them. The disk of the log and the rows of the store lose different things in a crash, as in
 * reality.
 */
final class SimNode {
  private static final RaftConfig RAFT =
      new RaftConfig(
          new RaftConfig.Timing(5, 40, 25, 50, 80),
          new RaftConfig.Flow(16 << 10, 4, 1 << 20, 64 << 10, 8 << 10),
          new RaftConfig.Compaction(60, 8 << 10, 32 << 10),
          new RaftConfig.Promotion(20, 5));
  private static final SnapshotConfig SNAPSHOTS =
      new SnapshotConfig(
          1 << 10,
          1 << 20,
          Duration.ofMillis(300),
          5,
          Duration.ofSeconds(2),
          Duration.ofSeconds(20),
          Duration.ofMillis(200));
  private static final LogConfig LOG = new LogConfig(16 << 10, 4 << 10);
  private static final long REGISTRY_TICK_NANOS = 20 * MILLISECOND;
  private static final int RING_CHANGES_MAX = 64;

  private final SimCluster cluster;
  private final VirtualTime time;
  private final RandomGenerator random;
  private final int number;
  private final NodeId id;
  private final SimClock clock;
  private final MemoryDisk disk;
  private final LogIdentity identity;

  private MemoryOrderedStore rows = new MemoryOrderedStore();
  private @Nullable SegmentedLog log;
  private @Nullable Life life;
  private boolean isRetired;
  private long pausedUntilNanos;
  private long diskStalledUntilNanos;
  private boolean powerEnds;
  private Runnable afterPowerLoss = () -> {};

  SimNode(SimCluster cluster, int number, RandomGenerator random) {
    this.cluster = cluster;
    this.time = cluster.time();
    this.random = random;
    this.number = number;
    this.id = SimCluster.idOf(number);
    this.clock = new SimClock(time, random.nextLong(-5000, 5000));
    this.disk = new MemoryDisk(new SplittableRandom(random.nextLong()));
    this.identity = new LogIdentity(new ClusterId(1, 1), new HistoryId(2, 2), id, 0);
  }

  /** Makes it one of the first members. */
  void found(Configuration first) {
    log = SegmentedLog.create(disk, identity, LOG, first);
  }

  /** Lets it in: from now on it is a member, with nothing yet. */
  void join(LogStart start) {
    if (!hasLog() && !isRetired) {
      log = SegmentedLog.createFrom(disk, identity, LOG, HardState.INITIAL, start);
      startIfDown();
    }
  }

  /** Takes the machine away for good. */
  void retire() {
    crash();
    isRetired = true;
  }

  boolean isRetired() {
    return isRetired;
  }

  int number() {
    return number;
  }

  NodeId id() {
    return id;
  }

  Member member() {
    return new Member(id, "peer-" + number, "client-" + number);
  }

  boolean hasLog() {
    return log != null;
  }

  /** The log of the life that runs, or of the last one: as much of the disk as was durable then. */
  SegmentedLog log() {
    return Objects.requireNonNull(log, "the node was never part of a cluster");
  }

  @Nullable Life life() {
    return life;
  }

  Life requireLife() {
    return Objects.requireNonNull(life, "the node is down");
  }

  /** Whether it runs and has applied again what it knew to be committed. */
  boolean isUp() {
    return life != null && life.registry.node().replayed().isDone();
  }

  void startIfDown() {
    if (life == null && hasLog() && !isRetired) {
      cluster.world().see(new Started(number));
      try {
        life = new Life();
      } catch (LogFailure e) {
        lostPower(e);
        return;
      }
      life.begin();
    }
  }

  /** Stops its threads for a while, as a collector or a hypervisor does; its clocks go on. */
  void pause(long nanos) {
    pausedUntilNanos = time.nowNanos() + nanos;
  }

  /** Lets no write to the log be done for a while. */
  void stallDisk(long nanos) {
    diskStalledUntilNanos = time.nowNanos() + nanos;
  }

  /** Ends pauses and stalls. */
  void goOn() {
    pausedUntilNanos = 0;
    diskStalledUntilNanos = 0;
  }

  /** Dies between two events. */
  void crash() {
    if (life != null) {
      die();
    }
  }

  private void die() {
    life = null;
    powerEnds = false;
    var totals = cluster.world().totals();
    totals.crashes++;
    disk.crash(MemoryDisk.Loss.NOTHING); // the process is gone; what does its disk show?
    var before = DiskImage.of(disk);
    disk.crash(random.nextInt(4) == 0 ? MemoryDisk.Loss.EVERYTHING : MemoryDisk.Loss.SOME);
    if (!before.equals(DiskImage.of(disk))) {
      totals.crashesLosingData++;
    }
    rows = rows.crash(random);
    cluster.world().see(new Crashed(number));
    cluster.connectionsEnd(this);
  }

  /** Dies in the middle of the disk operation that is so many away. */
  void crashAtDiskOperation(int operationsMore, Runnable afterwards) {
    if (life != null) {
      disk.endPowerAfter(operationsMore);
      powerEnds = true;
      afterPowerLoss = afterwards;
    }
  }

  /** Takes back what {@link #crashAtDiskOperation} has planned. */
  void crashNoMore() {
    disk.endPowerAfter(Long.MAX_VALUE / 2);
    powerEnds = false;
  }

  /** The disk fails only when the nemesis has pulled the plug: then this is the crash. */
  private void lostPower(LogFailure failure) {
    if (!powerEnds) {
      throw failure;
    }
    die();
    afterPowerLoss.run();
  }

  /** One life of the node, from start to crash. */
  final class Life implements Turns.Owner {
    private final RegistryStore store = RegistryStore.open(rows);
    private final WatchHub hub = new WatchHub(RING_CHANGES_MAX, store);
    private final Registry registry;
    private final SegmentedLog ownLog;
    private long commitIndexSeen;
    private Configuration configurationSeen;
    private long configurationIndexSeen;

    /** Whether the configuration seen last is committed, if it is joint. */
    private boolean isJointCommitted;

    private long firstIndexSeen;
    private final List<EntryId> committedAsLeader = new ArrayList<>();
    private long termLed;

    private Life() {
      ownLog = SegmentedLog.open(disk, identity, LOG);
      log = ownLog;
      registry =
          new Registry(store, hub, this::forward, clock, ReplicationLimits.DEFAULT, this::node);
      configurationSeen = status().configuration();
      firstIndexSeen = ownLog.firstIndex();
    }

    RegistryStore store() {
      return store;
    }

    Registry registry() {
      return registry;
    }

    RaftStatus status() {
      return registry.node().status();
    }

    @Override
    public boolean isAlive() {
      return life == this;
    }

    private void begin() {
      var node = registry.node();
      turns(node.raftLoop(), 5 * MICROSECOND, 60 * MICROSECOND, 0);
      turns(node.logWriter(), 100 * MICROSECOND, 2 * MILLISECOND, 200 * MILLISECOND);
      turns(node.applier(), 5 * MICROSECOND, 100 * MICROSECOND, 50 * MILLISECOND);
      turns(node.snapshots(), 50 * MICROSECOND, 5 * MILLISECOND, 200 * MILLISECOND);
      tick();
      flushLater();
    }

    /**
     * @param stallNanos what one turn in a hundred waits in addition, at most
     */
    private void turns(Part part, long minNanos, long maxNanos, long stallNanos) {
      var turns =
          new Turns(
              time,
              part,
              () -> {
                long latency = random.nextLong(minNanos, maxNanos);
                boolean stalls = stallNanos > 0 && random.nextInt(100) == 0;
                return stalls ? latency + random.nextLong(stallNanos) : latency;
              },
              this);
      turns.wake();
    }

    @Override
    public void failed(LogFailure failure) {
      lostPower(failure);
    }

    @Override
    public void turned() {
      RaftStatus status = status();
      long commitIndex = status.commitIndex();
      if (status.role() == Role.LEADER) {
        see(new Leading(number, status.term(), status.lastIndex(), status.matchIndexes()));
      }
      if (commitIndex != commitIndexSeen) {
        commitIndexSeen = commitIndex;
        see(new Committed(number, commitIndex));
      }
      for (EntryId id : committedAsLeader) {
        see(new LeaderCommitted(number, id, inForceAt(id, status)));
      }
      committedAsLeader.clear();
      configurationIndexSeen = status.configurationIndex();
      configurationSeen = status.configuration();
      isJointCommitted = status.isConfigurationCommitted();
      if (ownLog.firstIndex() != firstIndexSeen) {
        firstIndexSeen = ownLog.firstIndex();
        cluster.world().totals().logsCut++;
        see(new LogBegan(number, firstIndexSeen, store.flushedIndex()));
      }
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
      boolean isStalled = part instanceof LogWriter && !powerEnds;
      return isStalled ? Math.max(pausedUntilNanos, diskStalledUntilNanos) : pausedUntilNanos;
    }

    private void see(Observation observation) {
      cluster.world().see(observation);
    }

    private void tick() {
      time.after(
          REGISTRY_TICK_NANOS,
          () -> {
            if (isAlive()) {
              if (time.nowNanos() >= pausedUntilNanos) {
                registry.tick();
              }
              tick();
            }
          });
    }

    private void flushLater() {
      time.after(
          random.nextLong(500, 8000) * MILLISECOND,
          () -> {
            if (isAlive()) {
              registry.node().execute(store::flush);
              flushLater();
            }
          });
    }

    private RaftNode<Outcome> node(StateMachine<Outcome> machine) {
      return new RaftNode<>(
          new RaftNodeConfig(
              id, RAFT, RaftNodeConfig.DEFAULT_TICK, RaftNodeConfig.Limits.DEFAULT, SNAPSHOTS),
          ownLog,
          new Watched(machine, store, number, cluster.world()),
          new Transport() {
            @Override
            public void send(List<Outbound> messages) {
              Life.this.send(messages);
            }

            @Override
            public void send(NodeId to, SnapshotMessage message) {
              Life.this.send(to, message);
            }
          },
          clock,
          new SplittableRandom(random.nextLong()),
          this::trace);
    }

    private void trace(TraceEvent event) {
      cluster.world().hash(() -> number + " " + event);
      switch (event) {
        case TraceEvent.HandedOut(var ready) ->
            ready.role().ifPresent(role -> see(new RoleChanged(number, role)));
        case TraceEvent.RoleChanged(var role, long term, var leader, var reason) ->
            termLed = role == Role.LEADER ? term : 0;
        // By counting, a leader commits entries of its own term only.
        case TraceEvent.Committed(long index) when termLed > 0 ->
            committedAsLeader.add(new EntryId(termLed, index));
        default -> {}
      }
    }

    private void send(List<Outbound> messages) {
      for (Outbound outbound : messages) {
        int to = cluster.node(outbound.to()).number();
        cluster.world().see(new Sent(number, to, outbound.message()));
        cluster
            .network()
            .send(
                number,
                to,
                () -> {
                  var receiver = cluster.nodes().get(to).life;
                  if (receiver != null) {
                    receiver.registry.node().receive(id, outbound.message());
                  }
                });
      }
    }

    private void send(NodeId to, SnapshotMessage message) {
      int place = cluster.node(to).number();
      cluster
          .network()
          .send(
              number,
              place,
              () -> {
                var receiver = cluster.nodes().get(place).life;
                if (receiver != null) {
                  receiver.registry.node().receive(id, message);
                }
              });
    }

    private void forward(NodeId leader, ForwardRequest request, Consumer<ForwardAnswer> answer) {
      int to = cluster.node(leader).number();
      cluster
          .network()
          .sendOnce(
              number,
              to,
              () -> {
                var receiver = cluster.nodes().get(to).life;
                if (receiver != null) {
                  receiver.registry.onForwarded(
                      request, result -> receiver.answer(number, this, answer, result));
                }
              });
    }

    private void answer(int to, Life asker, Consumer<ForwardAnswer> answer, ForwardAnswer result) {
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
}
