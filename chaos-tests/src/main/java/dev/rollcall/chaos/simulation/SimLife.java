package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.chaos.simulation.Observation.RequestAnswered;
import dev.rollcall.chaos.simulation.Observation.RequestArrived;
import dev.rollcall.chaos.simulation.Observation.RequestSentOn;
import dev.rollcall.chaos.simulation.Observation.SentOnAnswered;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Outbound;
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
import java.util.List;
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
  private final LifeWatch watch;

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
    store = RegistryStore.open(rows);
    stagings = new Stagings(node, time, cluster.world());
    watch = new LifeWatch(number, cluster, log, store);
    hub = new WatchHub(cluster.config().ringChangesMax(), store);
    // As the thread of the watches does it: soon, and not on the thread that applies.
    hub.onMarked(() -> time.after(MILLISECOND, () -> wakeWatchers()));
    registry =
        new Registry(
            store,
            hub,
            this::forward,
            node.clock(),
            cluster.config().replication(),
            this::raftNode);
    watch.started(status(), node.configurationForSure());
  }

  RegistryStore store() {
    return store;
  }

  int number() {
    return number;
  }

  WatchHub hub() {
    return hub;
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

  /** What is seen of it. */
  LifeWatch watch() {
    return watch;
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
    turns(parts.logWriter(), threads.log(), SimConfig.Threads.DISK_STALL_NANOS);
    turns(parts.applier(), threads.apply(), SimConfig.Threads.APPLY_STALL_NANOS);
    turns(parts.snapshots(), threads.snapshots(), SimConfig.Threads.DISK_STALL_NANOS);
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
    watch.failed(status());
    node.failed(failure);
  }

  @Override
  public void turned() {
    watch.turned(status(), registry.node().replayed().isDone());
  }

  @Override
  public long notBeforeNanos(Part part) {
    return node.notBeforeNanos(part);
  }

  private void wakeWatchers() {
    if (isAlive()) {
      hub.wakeMarked();
    }
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
        watch::trace);
  }

  private void send(List<Outbound> messages) {
    for (Outbound outbound : messages) {
      int to = cluster.node(outbound.to()).number();
      watch.sent(to, outbound.message());
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
    watch.sent(message);
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
