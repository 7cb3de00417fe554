package dev.rollcall.server;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.bootstrap.ClusterIdentity;
import dev.rollcall.raft.bootstrap.Founded;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.RaftDriver;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.RaftNodeConfig;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.raft.driver.StateMachine;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.transport.GrpcIntroducer;
import dev.rollcall.raft.transport.GrpcTransport;
import dev.rollcall.server.api.Headers;
import dev.rollcall.server.cluster.MembershipFollower;
import dev.rollcall.server.config.ServerConfig;
import dev.rollcall.server.forward.GrpcLeaderLink;
import dev.rollcall.server.metrics.NodeMetrics;
import dev.rollcall.server.replication.Registry;
import dev.rollcall.server.replication.ReplicationLimits;
import dev.rollcall.server.space.DiskSpace;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.watch.WatchHub;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The replicated registry of one node, running: log, store, raft, and the ways to the peers. */
final class Node implements AutoCloseable {
  /**
   * Changes kept for watchers that are behind: some 30 MiB of ordinary instances, and nothing where
   * nobody watches. More would only spare a slow watcher a snapshot.
   */
  private static final int RING_CHANGES_MAX = 16_384;

  private static final long HANDOVER_LOOK_NANOS = 2_000_000;

  final LogIdentity identity;
  final RegistryStore store;
  final WatchHub hub;
  final Registry registry;
  final Headers headers;
  final MembershipFollower membershipFollower;

  private final Clock clock;
  private final DiskSpace disk;
  private final ServerConfig config;
  private final GrpcTransport transport;
  private final Closers closers;

  /**
   * What a node is made from.
   *
   * @param founded its identity and log, which the node closes
   * @param store opened; the node closes it
   * @param disk the room on it
   * @param random safe for all threads
   * @param ends told of what ends the node, on whatever thread that happened
   */
  record Parts(
      ServerConfig config,
      Founded founded,
      RegistryStore store,
      DiskSpace disk,
      Ports ports,
      Clock clock,
      SecureRandom random,
      NodeMetrics metrics,
      Ends ends) {}

  /**
   * How a node can end without being asked.
   *
   * @param fatal a part failed
   * @param removed it is no member any more
   */
  record Ends(Consumer<Throwable> fatal, Consumer<NodeId> removed) {}

  private Node(Parts parts, Closers closers) {
    this.closers = closers;
    config = parts.config();
    clock = parts.clock();
    identity = parts.founded().identity();
    store = parts.store();
    hub = new WatchHub(RING_CHANGES_MAX, store);
    ByteString historyId = ByteString.copyFrom(identity.historyId().bytes());
    headers =
        new Headers(
            ByteString.copyFrom(identity.clusterId().bytes()), historyId, identity.nodeId());
    var loops = parts.ports().peerLoops;
    transport =
        closers.add(
            new GrpcTransport(
                identity,
                config.peer().advertisedAt(parts.ports().peerPort()).toString(),
                loops::peerChannel,
                loops.timer(),
                parts.random()));
    GrpcLeaderLink link =
        closers.add(new GrpcLeaderLink(transport::address, historyId, loops::peerChannel, clock));
    var limits =
        new ReplicationLimits(
                config.requestsInFlightMax(),
                ReplicationLimits.DEFAULT.bytesOpenMax(),
                ReplicationLimits.DEFAULT.patience(),
                ReplicationLimits.DEFAULT.expiryBatchesMax())
            .withChangeLog(config.changeLog());
    registry = new Registry(store, hub, link, clock, limits, machine -> raftNode(parts, machine));
    membershipFollower =
        new MembershipFollower(
            registry.node(),
            transport,
            new ClusterIdentity(identity.clusterId(), identity.historyId()),
            () -> new GrpcIntroducer(loops::peerChannel),
            () -> parts.ends().removed().accept(identity.nodeId()));
    disk = parts.disk();
    registry.diskIsLow(disk.isLow());
    closers.add(RaftDriver.start(registry.node(), parts.ends().fatal()));
    closers.add(Maintenance.start(this::tick, store, this::lookAfterRoom, parts.ends().fatal()));
    closers.add(registry);
    parts.metrics().bindRaft(this::status);
    parts.metrics().bindStore(store::status);
    parts.metrics().bindChangeLog(store::status, store::changeLogBytes);
    parts.metrics().bindGuards(store::guardView, registry::leasesLapsed);
    parts.metrics().gauge(() -> disk, "disk.free", "Bytes free", DiskSpace::usableBytes);
    parts
        .metrics()
        .gauge(() -> disk, "disk.low", "Whether registrations are refused", d -> d.isLow() ? 1 : 0);
    parts.metrics().counter(link, "forwarded", "Requests sent to the leader", GrpcLeaderLink::sent);
    parts
        .metrics()
        .gauge(
            () -> registry,
            "requests.open",
            "Requests that wait for their answer",
            Registry::requestsOpen);
  }

  /** Starts the threads. Closes everything it was given when that fails. */
  static Node start(Parts parts) {
    var closers = new Closers();
    closers.add(parts.store());
    closers.add(parts.founded().log());
    try {
      return new Node(parts, closers);
    } catch (RuntimeException e) {
      closers.close();
      throw e;
    }
  }

  /** Where peers send messages to, and where theirs go. */
  GrpcTransport transport() {
    return transport;
  }

  /**
   * Hands the leadership to the voter that has caught up best, if this node has it and there is
   * one, and waits until it is gone, an election timeout at most: then nobody has to find out first
   * that this node is no more.
   */
  void handOver() {
    RaftStatus status = status();
    if (status.role() != Role.LEADER || status.configuration().voters().size() < 2) {
      return;
    }
    registry.node().transferLeadership(Optional.empty());
    long deadline = clock.nanoTime() + config.timing().electionTimeout().toNanos();
    while (status().role() == Role.LEADER && deadline - clock.nanoTime() > 0) {
      LockSupport.parkNanos(HANDOVER_LOOK_NANOS);
    }
  }

  private void tick() {
    registry.tick();
    membershipFollower.tick();
  }

  private void lookAfterRoom() {
    disk.check();
    registry.diskIsLow(disk.isLow());
  }

  RaftStatus status() {
    return registry.node().status();
  }

  /**
   * Whether what is served may be old: nothing heard from a leader for two election timeouts. One
   * would be too sharp, since a healthy node proves its freshness once in half of one.
   */
  boolean isStale() {
    var contact = status().leaderContactNanos();
    long silenceMax = 2 * config.timing().electionTimeout().toNanos();
    return contact.isEmpty() || clock.nanoTime() - contact.getAsLong() > silenceMax;
  }

  /**
   * Answers what waits, stops the threads in order, makes the store durable and closes the files.
   */
  @Override
  public void close() {
    closers.close();
  }

  private RaftNode<Outcome> raftNode(Parts parts, StateMachine<Outcome> machine) {
    RaftConfig standard = RaftConfig.DEFAULT;
    var timing = config.timing();
    var raft =
        standard.with(
            new RaftConfig.Timing(
                timing.heartbeatTicks(),
                timing.electionTimeoutTicks(),
                standard.timing().commitRecordTicks(),
                standard.timing().verifyTicks(),
                5 * timing.electionTimeoutTicks() / 2));
    return new RaftNode<>(
        new RaftNodeConfig(identity.nodeId(), raft, timing.tick()),
        parts.founded().log(),
        machine,
        transport,
        clock,
        parts.random(),
        new RaftTrace(parts.metrics()));
  }
}
