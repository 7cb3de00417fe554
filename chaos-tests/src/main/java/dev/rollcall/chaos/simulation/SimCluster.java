package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.RaftStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** All nodes that ever were, what joins them, and who watches. */
final class SimCluster implements DurableLogs {
  /** Nodes in one run, members and former ones together. */
  static final int NODES_MAX = 24;

  /** As many of them are there for repairs alone. */
  private static final int NODES_FOR_REPAIRS = 8;

  /** The place of all clients together on the network. */
  static final int CLIENTS = NODES_MAX;

  private final VirtualTime time;
  private final RandomGenerator random;
  private final SimConfig config;
  private final SimNetwork network;
  private final World world;
  private final Configuration first;
  private final List<SimNode> nodes = new ArrayList<>();
  private final FaultBudget budget = new FaultBudget(this);
  private List<SimNode> reachable = List.of();
  private boolean isPeaceful;

  /** Every configuration that was in force on any node, by the index of its entry. */
  private final TreeMap<Long, List<Configuration>> configurations = new TreeMap<>();

  SimCluster(VirtualTime time, RandomGenerator random, SimConfig config, World world) {
    this.time = time;
    this.random = random;
    this.config = config;
    this.world = world;
    this.network =
        new SimNetwork(
            time, new SplittableRandom(random.nextLong()), config.network(), NODES_MAX + 1);
    network.whenConnectionsEnd(this::connectionLost);
    var members = new ArrayList<Member>();
    for (int number = 0; number < config.nodes(); number++) {
      members.add(add().member());
    }
    first = Configuration.ofVoters(members);
    nodes.forEach(node -> node.found(first));
  }

  /** What the cluster began with. */
  Configuration first() {
    return first;
  }

  static NodeId idOf(int number) {
    return new NodeId(0x5eed, number + 1L);
  }

  SimConfig config() {
    return config;
  }

  /** Whose disk may be lost. */
  FaultBudget budget() {
    return budget;
  }

  VirtualTime time() {
    return time;
  }

  SimNetwork network() {
    return network;
  }

  World world() {
    return world;
  }

  /** Members and former members, in the order they came. */
  List<SimNode> nodes() {
    return nodes;
  }

  SimNode node(NodeId id) {
    return nodes.get(number(id));
  }

  /** A node has it in force. */
  void configurationSeen(long index, Configuration configuration) {
    List<Configuration> seen = configurations.computeIfAbsent(index, none -> new ArrayList<>());
    if (!seen.contains(configuration)) {
      seen.add(configuration);
    }
  }

  /** Those that were in force on any node and stood behind this index in its log. */
  List<Configuration> configurationsBehind(long index) {
    return configurations.tailMap(index, false).values().stream().flatMap(List::stream).toList();
  }

  /** A line for each node, what it is and how far it has come. */
  String describe() {
    var text = new StringBuilder(System.lineSeparator()).append("  ").append(config);
    for (SimNode node : nodes) {
      var life = node.life();
      text.append(System.lineSeparator()).append("  node ").append(node.number()).append(": ");
      text.append(node.isRetired() ? "retired" : life == null ? "down" : describe(life.status()));
      text.append(node.isPaused() ? ", paused" : "");
    }
    return text.toString();
  }

  private String describe(RaftStatus status) {
    Configuration now = status.configuration();
    return String.format(
        "%s of term %d, leader %s, applied %d, committed %d, last %d,"
            + " voters %s, outgoing %s, learners %s at %d",
        status.role(),
        status.term(),
        status.leader().map(this::number).map(String::valueOf).orElse("unknown"),
        status.lastApplied(),
        status.commitIndex(),
        status.lastIndex(),
        numbers(now.voters()),
        numbers(now.outgoing()),
        numbers(now.learners()),
        status.configurationIndex());
  }

  private List<Integer> numbers(List<Member> members) {
    return members.stream().map(it -> number(it.id())).toList();
  }

  /** Another machine, with nothing on its disk. */
  SimNode add() {
    var node = new SimNode(this, nodes.size(), random);
    nodes.add(node);
    return node;
  }

  /** Whether the operator may take another machine at will. */
  boolean canGrow() {
    return nodes.size() < NODES_MAX - NODES_FOR_REPAIRS;
  }

  /** Whether there is another machine at all. */
  boolean hasMachines() {
    return nodes.size() < NODES_MAX;
  }

  /** The running node that leads the highest term. */
  Optional<SimNode> leader() {
    SimNode leader = null;
    long term = 0;
    for (SimNode node : nodes) {
      var life = node.life();
      if (life != null && life.status().role() == Role.LEADER && life.status().term() > term) {
        leader = node;
        term = life.status().term();
      }
    }
    return Optional.ofNullable(leader);
  }

  private void connectionLost(int at, int peer) {
    var life = at < nodes.size() ? nodes.get(at).life() : null;
    if (life != null) {
      life.registry().node().peerLost(idOf(peer));
    }
  }

  /**
   * Whom a client may ask: any node that is or was a member, for it may not have heard of a change
   * yet; in peace it has.
   */
  List<SimNode> knownToClients() {
    if (!reachable.isEmpty()) {
      return reachable;
    }
    Optional<SimNode> leader = isPeaceful ? leader() : Optional.empty();
    return leader
        .map(this::membersAsSeenBy)
        .orElseGet(
            () -> nodes.stream().filter(node -> node.hasLog() && !node.isRetired()).toList());
  }

  /** From now on clients ask only these, until they know the members. */
  void clientsKnowOnly(List<SimNode> some) {
    reachable = some;
  }

  /** From now on clients ask members only. */
  void clientsKnowTheMembers() {
    reachable = List.of();
    isPeaceful = true;
  }

  /** Whoever belongs to the cluster as a node sees it. */
  List<SimNode> membersAsSeenBy(SimNode observer) {
    return observer.requireLife().status().configuration().members().stream()
        .map(member -> node(member.id()))
        .toList();
  }

  @Override
  public int number(NodeId id) {
    return (int) id.low() - 1;
  }

  @Override
  public long lastIndex(int node) {
    return nodes.get(node).hasLog() ? nodes.get(node).log().lastIndex() : 0;
  }

  @Override
  public EntryId last(int node) {
    long index = lastIndex(node);
    return index == 0 ? EntryId.NONE : new EntryId(nodes.get(node).log().term(index), index);
  }

  @Override
  public boolean holds(int node, EntryId id) {
    // What the log has dropped, the state contains, and so it was committed.
    return nodes.get(node).holds(id);
  }
}
