package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Outbound;
import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.core.TraceEvent;
import dev.rollcall.raft.driver.RaftNodeConfig.Limits;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.raft.log.fake.MemoryDisk;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A group of whole nodes in one thread: real core, real log on disks in memory, and time by hand.
 */
final class HandTurnedGroup {
  static final Duration TICK = Duration.ofMillis(20);
  static final RaftConfig RAFT =
      RaftConfig.DEFAULT.with(new RaftConfig.Flow(1 << 16, 8, 1 << 20, 1 << 16, 1 << 20));

  private static final LogConfig LOG = new LogConfig(1 << 20, 1 << 16);

  private final VirtualClock clock = new VirtualClock();
  private final List<Node> nodes = new ArrayList<>();
  private final Queue<Letter> letters = new ArrayDeque<>();
  private final Limits limits;
  private final RaftConfig raft;
  private final SnapshotConfig snapshots;

  /** What becomes of a message about a snapshot on its way; empty when it is lost. */
  UnaryOperator<Optional<SnapshotMessage>> pieces = UnaryOperator.identity();

  private final Configuration configuration;

  HandTurnedGroup(int size) {
    this(size, Limits.DEFAULT);
  }

  HandTurnedGroup(int size, Limits limits) {
    this(size, limits, RAFT, SnapshotConfig.DEFAULT);
  }

  HandTurnedGroup(int size, Limits limits, RaftConfig raft, SnapshotConfig snapshots) {
    this.limits = limits;
    this.raft = raft;
    this.snapshots = snapshots;
    List<Member> members = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      members.add(new Member(new NodeId(0, i), "peer" + i + ":1", "client" + i + ":1"));
    }
    configuration = Configuration.ofVoters(members);
    members.forEach(member -> nodes.add(new Node(member.id())));
  }

  List<Node> nodes() {
    return nodes;
  }

  /** Whether it came to hold within so many ticks. */
  boolean runsUntil(BooleanSupplier holds, int ticks) {
    for (int i = 0; i < ticks && !holds.getAsBoolean(); i++) {
      passTicks(1);
    }
    return holds.getAsBoolean();
  }

  VirtualClock clock() {
    return clock;
  }

  Node node(int number) {
    return nodes.get(number - 1);
  }

  Node leader() {
    return findLeader().orElseThrow();
  }

  Node follower() {
    return nodes.stream().filter(node -> node.role() != Role.LEADER).findFirst().orElseThrow();
  }

  /** Lets time pass until somebody leads whom all turning, connected nodes follow. */
  Node elect() {
    until(() -> findLeader().isPresent(), "a leader");
    return leader();
  }

  /** Turns everything until nothing has work; no time passes. */
  void settle() {
    boolean worked = true;
    while (worked) {
      worked = deliver();
      for (Node node : nodes) {
        worked |= node.turn();
      }
    }
  }

  void passTicks(int ticks) {
    for (int i = 0; i < ticks; i++) {
      clock.advance(TICK);
      settle();
    }
  }

  /** Lets time pass, at most a minute of it. */
  void until(BooleanSupplier holds, String what) {
    settle();
    for (int i = 0; i < 3_000; i++) {
      if (holds.getAsBoolean()) {
        return;
      }
      passTicks(1);
    }
    throw new AssertionError("no " + what + " within a minute of virtual time");
  }

  private Optional<Node> findLeader() {
    return nodes.stream()
        .filter(node -> node.role() == Role.LEADER && !node.isCut && !node.isPaused)
        .filter(leader ->
            nodes.stream()
                .filter(node -> !node.isCut && !node.isPaused)
                .allMatch(node -> node.status().leader().equals(Optional.of(leader.id))))
        .findFirst();
  }

  private boolean deliver() {
    boolean worked = false;
    for (Letter letter = letters.poll(); letter != null; letter = letters.poll()) {
      Node from = letter.from();
      Node to = node((int) letter.to().low());
      if (!from.isCut && !to.isCut && !to.isDeaf) {
        switch (letter) {
          case Protocol protocol -> to.raft.receive(from.id, protocol.outbound.message());
          case Piece piece ->
              pieces
                  .apply(Optional.of(piece.message))
                  .ifPresent(message -> to.raft.receive(from.id, message));
        }
        worked = true;
      }
    }
    return worked;
  }

  private sealed interface Letter {
    Node from();

    NodeId to();
  }

  private record Protocol(Node from, Outbound outbound) implements Letter {
    @Override
    public NodeId to() {
      return outbound.to();
    }
  }

  private record Piece(Node from, NodeId to, SnapshotMessage message) implements Letter {}

  private final class Wires implements Transport {
    private final Node from;

    private Wires(Node from) {
      this.from = from;
    }

    @Override
    public void send(List<Outbound> messages) {
      messages.forEach(message -> letters.add(new Protocol(from, message)));
    }

    @Override
    public void send(NodeId to, SnapshotMessage message) {
      letters.add(new Piece(from, to, message));
    }
  }

  /** One node and all that a test may do to it. */
  final class Node {
    final NodeId id;
    final MemoryDisk disk;
    final Heard heard = new Heard();
    final Set<Role> roles = new HashSet<>();
    Journal journal = new Journal();
    RaftNode<String> raft;
    boolean isCut;
    boolean isDeaf;
    boolean isPaused;
    boolean isDiskStalled;
    private int turnsLeft = Integer.MAX_VALUE;

    private Node(NodeId id) {
      this.id = id;
      this.disk = new MemoryDisk(random());
      this.raft = compose(SegmentedLog.create(disk, identity(), LOG, configuration));
    }

    /** The process dies and begins again, with a state machine that forgot what was not flushed. */
    void restart(MemoryDisk.Loss loss) {
      disk.crash(loss);
      journal = new Journal(journal.disk());
      raft = compose(SegmentedLog.open(disk, identity(), LOG));
    }

    void propose(String command) {
      raft.propose(Journal.command(command), heard.proposal(command));
    }

    RaftStatus status() {
      return raft.status();
    }

    Role role() {
      return status().role();
    }

    /** Stops being turned after so many turns of its parts, as a process that dies. */
    void crashAfterTurns(int turns) {
      turnsLeft = turns;
    }

    boolean turn() {
      boolean worked = false;
      for (Part part :
          List.of(raft.raftLoop(), raft.logWriter(), raft.applier(), raft.snapshots())) {
        worked |= turn(part);
      }
      return worked;
    }

    private boolean turn(Part part) {
      if (isPaused || (isDiskStalled && part == raft.logWriter())) {
        return false;
      }
      if (turnsLeft == 0) {
        isPaused = true;
        turnsLeft = Integer.MAX_VALUE;
        return false;
      }
      boolean worked = part.runOnce();
      turnsLeft -= worked ? 1 : 0;
      return worked;
    }

    private RaftNode<String> compose(SegmentedLog log) {
      return new RaftNode<>(
          new RaftNodeConfig(id, HandTurnedGroup.this.raft, TICK, limits, snapshots),
          log,
          journal,
          new Wires(this),
          clock,
          random(),
          this::trace);
    }

    private void trace(TraceEvent event) {
      if (event instanceof TraceEvent.RoleChanged changed) {
        roles.add(changed.role());
      }
    }

    private RandomGenerator random() {
      return RandomGeneratorFactory.of("L64X128MixRandom").create(id.low());
    }

    private LogIdentity identity() {
      return new LogIdentity(
          new ClusterId(1, 1), new HistoryId(2, 2), Objects.requireNonNull(id), 0);
    }
  }
}
