package dev.rollcall.server.replication;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Outbound;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.RaftNodeConfig;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.driver.StateMachine;
import dev.rollcall.raft.driver.Transport;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.watch.WatchHub;
import java.util.List;
import java.util.Random;

/** One node of a {@link HandCluster}: all real but for disk, rows, clock and wires. */
final class HandNode {
  private static final LogConfig LOG = new LogConfig(1 << 20, 1 << 20);

  private static final int CHANGES_KEPT = 1_000;

  final NodeId id;
  final HandClock clock = new HandClock();
  private final HandCluster cluster;
  private final Random random;
  private final LogIdentity identity;
  private final MemoryDisk disk;
  private MemoryOrderedStore rows = new MemoryOrderedStore();
  RegistryStore store;
  WatchHub hub;
  Registry registry;

  /** Whether the process is awake. */
  boolean isTurned = true;

  /** Whether its apply thread is. */
  boolean applies = true;

  HandNode(HandCluster cluster, NodeId id, Configuration members, Random random) {
    this.cluster = cluster;
    this.id = id;
    this.random = random;
    disk = new MemoryDisk(random);
    identity = new LogIdentity(new ClusterId(1, 2), new HistoryId(3, 4), id, 0);
    SegmentedLog.create(disk, identity, LOG, members).close();
    store = RegistryStore.open(rows, cluster.features);
    hub = new WatchHub(CHANGES_KEPT, store);
    hub.onMarked(hub::wakeMarked);
    registry = compose();
  }

  /** Dies with everything that was not forced, and comes back. */
  void restart() {
    disk.crash(MemoryDisk.Loss.EVERYTHING);
    rows = rows.crash();
    store = RegistryStore.open(rows, cluster.features);
    hub = new WatchHub(CHANGES_KEPT, store);
    hub.onMarked(hub::wakeMarked);
    registry = compose();
  }

  RaftNode<Outcome> raft() {
    return registry.node();
  }

  boolean leads() {
    return raft().status().role() == Role.LEADER;
  }

  boolean has(String instanceId) {
    return store.instance(new InstanceKey(HandCluster.SERVICE, instanceId)).isPresent();
  }

  long revision() {
    return store.status().revision();
  }

  void tick() {
    registry.tick();
  }

  boolean turnOnce() {
    boolean worked = raft().raftLoop().runOnce();
    worked |= raft().logWriter().runOnce();
    worked |= applies && raft().applier().runOnce();
    worked |= raft().snapshots().runOnce();
    return worked;
  }

  private Registry compose() {
    return new Registry(store, hub, cluster.linkOf(this), clock, cluster.limits, this::raft);
  }

  private RaftNode<Outcome> raft(StateMachine<Outcome> machine) {
    var config = new RaftNodeConfig(id, cluster.raftConfig, RaftNodeConfig.DEFAULT_TICK);
    var log = SegmentedLog.open(disk, identity, LOG);
    return new RaftNode<>(
        config,
        log,
        machine,
        new Transport() {
          @Override
          public void send(List<Outbound> messages) {
            messages.forEach(message -> cluster.send(id, message));
          }

          @Override
          public void send(NodeId to, SnapshotMessage message) {
            cluster.send(id, to, message);
          }
        },
        clock,
        random,
        event -> {});
  }
}
