package dev.rollcall.server.replication;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Outbound;
import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.store.Features;
import dev.rollcall.store.instance.ServiceKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Several nodes turned by hand in one thread, in steps of 5 ms of virtual time; a message takes a
 * step. A test cuts wires, stops turning nodes, and loses what goes over the link.
 */
final class HandCluster {
  static final ServiceKey SERVICE = new ServiceKey("shop", "cart");
  private static final Duration STEP = Duration.ofMillis(5);
  private static final int STEPS_A_TICK = 4;
  private static final Duration PATIENCE_OF_TESTS = Duration.ofSeconds(30);

  final List<HandNode> nodes = new ArrayList<>();
  final ReplicationLimits limits;
  final RaftConfig raftConfig;
  final Features features;

  /** Requests and answers over the link that are lost. */
  Predicate<Forwarded> linkLoses = forwarded -> false;

  /** What the link does instead of carrying requests, if anything. */
  @Nullable BiConsumer<ForwardRequest, Consumer<ForwardAnswer>> forwarding;

  /** Requests that reached the link. */
  final List<ForwardRequest> forwarded = new ArrayList<>();

  private final Set<Wire> cut = new HashSet<>();
  private final Set<Wire> withoutAppends = new HashSet<>();
  private Queue<Parcel> underWay = new ArrayDeque<>();
  private long steps;

  /** Something on the link: a request, or the answer to it. */
  record Forwarded(NodeId from, NodeId to, ForwardRequest request, boolean isAnswer) {}

  private record Wire(NodeId from, NodeId to) {}

  private record Parcel(Wire wire, Runnable deliver) {}

  HandCluster(int size, long seed) {
    this(size, seed, ReplicationLimits.DEFAULT, RaftConfig.DEFAULT);
  }

  HandCluster(int size, long seed, ReplicationLimits limits, RaftConfig raftConfig) {
    this(size, seed, limits, raftConfig, Features.CURRENT);
  }

  HandCluster(
      int size, long seed, ReplicationLimits limits, RaftConfig raftConfig, Features features) {
    this.limits = limits;
    this.raftConfig = raftConfig;
    this.features = features;
    var random = new Random(seed);
    var ids = IntStream.rangeClosed(1, size).mapToObj(i -> new NodeId(i, 0)).toList();
    var members =
        Configuration.ofVoters(ids.stream().map(id -> new Member(id, "p" + id, "c" + id)).toList());
    ids.forEach(id -> nodes.add(new HandNode(this, id, members, new Random(random.nextLong()))));
  }

  /** Runs until somebody leads whom a majority follows, and gives it. */
  HandNode elect() {
    runUntil(() ->
        leader() != null
            && nodes.stream()
                    .filter(node -> node.raft().status().leader().equals(leaderId()))
                    .count()
                > nodes.size() / 2);
    run(Duration.ofMillis(200));
    return leaderNow();
  }

  /** Runs until another node than this one leads and has applied its no-op, and gives it. */
  HandNode electOtherThan(HandNode old) {
    runUntil(() -> leader() != null && leader() != old);
    run(Duration.ofMillis(200));
    return leaderNow();
  }

  HandNode leaderNow() {
    var leader = leader();
    if (leader == null) {
      throw new AssertionError("nobody leads");
    }
    return leader;
  }

  HandNode followerNow() {
    var leader = leaderNow();
    return nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
  }

  void run(Duration time) {
    for (long passed = 0; passed < time.toNanos(); passed += STEP.toNanos()) {
      step();
    }
  }

  void runUntil(BooleanSupplier done) {
    for (long passed = 0; passed < PATIENCE_OF_TESTS.toNanos(); passed += STEP.toNanos()) {
      if (done.getAsBoolean()) {
        return;
      }
      step();
    }
    throw new AssertionError("not within " + PATIENCE_OF_TESTS + " of virtual time");
  }

  /** Moves every clock on and lets every node do what there is to do. */
  void step() {
    steps++;
    var arriving = underWay;
    underWay = new ArrayDeque<>();
    for (HandNode node : nodes) {
      node.clock.pass(STEP);
    }
    arriving.stream().filter(parcel -> !cut.contains(parcel.wire)).forEach(p -> p.deliver.run());
    for (HandNode node : nodes) {
      if (node.isTurned) {
        turn(node);
      }
    }
  }

  /** Lets one node do what there is to do, without time passing. */
  void turn(HandNode node) {
    if (steps % STEPS_A_TICK == 0) {
      node.tick();
    }
    boolean worked = true;
    while (worked) {
      worked = node.turnOnce();
    }
  }

  /** From now on nothing passes between this node and the others, in either direction. */
  void isolate(HandNode node) {
    for (HandNode other : nodes) {
      if (other != node) {
        cut.add(new Wire(node.id, other.id));
        cut.add(new Wire(other.id, node.id));
      }
    }
  }

  /** From now on no AppendEntries passes from one to the other; heartbeats do. */
  void losesAppends(HandNode from, HandNode to) {
    withoutAppends.add(new Wire(from.id, to.id));
  }

  /** Ends {@link #losesAppends}. */
  void allowsAppends(HandNode from, HandNode to) {
    withoutAppends.remove(new Wire(from.id, to.id));
  }

  void heal() {
    cut.clear();
    withoutAppends.clear();
  }

  void send(NodeId from, Outbound outbound) {
    var wire = new Wire(from, outbound.to());
    if (outbound.message() instanceof Message.AppendEntries && withoutAppends.contains(wire)) {
      return;
    }
    underWay.add(
        new Parcel(wire, () -> node(outbound.to()).raft().receive(from, outbound.message())));
  }

  void send(NodeId from, NodeId to, SnapshotMessage message) {
    underWay.add(new Parcel(new Wire(from, to), () -> node(to).raft().receive(from, message)));
  }

  LeaderLink linkOf(HandNode from) {
    return (leader, request, answer) -> {
      forwarded.add(request);
      var instead = forwarding;
      if (instead != null) {
        instead.accept(request, answer);
        return;
      }
      if (linkLoses.test(new Forwarded(from.id, leader, request, false))) {
        return;
      }
      var there = new Wire(from.id, leader);
      var back = new Wire(leader, from.id);
      underWay.add(
          new Parcel(
              there,
              () ->
                  node(leader)
                      .registry
                      .onForwarded(
                          request,
                          heard -> {
                            if (!linkLoses.test(new Forwarded(leader, from.id, request, true))) {
                              underWay.add(new Parcel(back, () -> answer.accept(heard)));
                            }
                          })));
    };
  }

  private HandNode node(NodeId id) {
    return nodes.stream().filter(node -> node.id.equals(id)).findFirst().orElseThrow();
  }

  private Optional<NodeId> leaderId() {
    return Optional.ofNullable(leader()).map(node -> node.id);
  }

  /** The leader of the highest term. */
  private @Nullable HandNode leader() {
    return nodes.stream()
        .filter(HandNode::leads)
        .max(Comparator.comparingLong(node -> node.raft().status().term()))
        .orElse(null);
  }
}
