package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.driver.RaftStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * After the trouble a core is whole and everything outside is broken for good: the core must elect,
 * answer, end what it can of a change of members, come to equal states, and keep its leader, within
 * bounds. What a whole cluster outgrows in time, a core can be stuck in for ever.
 */
final class Liveness {
  private static final String PROMISE = "CoreComesBackToLife";
  private static final long CALM_NANOS = 5 * SECOND;
  private static final long LEADERS_IN_CALM_MAX = 1;

  private final Runner runner;
  private final SimCluster cluster;
  private final Core core;
  private final Totals totals;
  private final LeaderChanges leaderChanges;

  Liveness(
      Runner runner, SimCluster cluster, Core core, Totals totals, LeaderChanges leaderChanges) {
    this.runner = runner;
    this.cluster = cluster;
    this.core = core;
    this.totals = totals;
    this.leaderChanges = leaderChanges;
  }

  /**
   * Demands it all: answers under load, and the rest without, for some settings replicate slower
   * than clients write.
   */
  void demand(Load load) {
    long nanosMax = cluster.config().peaceNanosMax();
    cluster.clientsKnowOnly(core.nodes());
    await("its members agree on a leader", nanosMax, () -> leader().isPresent());
    long operations = totals.operations;
    await(
        "clients are answered",
        nanosMax,
        () -> totals.operations > operations + load.someOperations());
    if (!cluster.config().keepsUp()) {
      load.rest();
    }
    await("no change of members that it could end is half way", nanosMax, this::isSettled);
    long commitIndex =
        core.nodes().stream().mapToLong(it -> status(it).commitIndex()).max().orElseThrow();
    await(
        "every member has what was committed",
        nanosMax,
        () -> areAll(members(), it -> status(it).lastApplied() >= commitIndex));
    await("states are equal", nanosMax, this::isConverged);
    load.rest();
    keepItsLeader();
    load.goOn();
  }

  /**
   * Whoever is deposed again and again, for nothing, serves nobody. One that a change of members
   * takes out hands over.
   */
  private void keepItsLeader() {
    long before = leaderChanges.afterTheFirst();
    Optional<Long> members = configurationIndex();
    runner.runFor(CALM_NANOS);
    long more = leaderChanges.afterTheFirst() - before;
    boolean isCalm = cluster.config().isSteady() && configurationIndex().equals(members);
    if (isCalm && more > LEADERS_IN_CALM_MAX) {
      throw new Invariant.Broken(
          "LeadershipIsStable",
          more + " new leaders in " + CALM_NANOS / SECOND + " s of calm, with a core of " + core);
    }
  }

  private Optional<Long> configurationIndex() {
    return leader().map(Liveness::status).map(RaftStatus::configurationIndex);
  }

  private void await(String what, long nanosMax, BooleanSupplier condition) {
    runner.await(PROMISE, what + ", with a core of " + core, nanosMax, condition);
  }

  private static RaftStatus status(SimNode node) {
    return node.requireLife().status();
  }

  /**
   * Whom the core takes for the leader, in the core or outside, as far as it is still of the
   * cluster: a change of members may end with one of the core removed.
   */
  private Optional<SimNode> leader() {
    List<SimNode> nodes = core.nodes();
    if (!nodes.stream().allMatch(SimNode::isUp)) {
      return Optional.empty();
    }
    return nodes.stream()
        .map(Liveness::status)
        .filter(status -> status.leader().isPresent())
        .max(Comparator.comparingLong(RaftStatus::term))
        .flatMap(RaftStatus::leader)
        .map(cluster::node)
        .filter(leader -> leader.life() != null && areAgreedOn(leader));
  }

  private boolean areAgreedOn(SimNode leader) {
    Configuration now = status(leader).configuration();
    return core.nodes().stream()
        .filter(it -> now.member(it.id()).isPresent())
        .allMatch(it -> status(it).leader().equals(Optional.of(leader.id())));
  }

  /** Of the core, those whom the leader knows. */
  private List<SimNode> members() {
    return leader()
        .map(leader -> status(leader).configuration())
        .map(now -> core.nodes().stream().filter(it -> now.member(it.id()).isPresent()).toList())
        .orElse(List.of());
  }

  private boolean isSettled() {
    return leader()
        .map(SimNode::life)
        .map(SimLife::status)
        .filter(status -> status.isConfigurationCommitted() && !isHalfWay(status.configuration()))
        .isPresent();
  }

  /** A joint configuration ends, and a learner in the core is promoted: all that needs is there. */
  private boolean isHalfWay(Configuration now) {
    return now.isJoint()
        || now.learners().stream().anyMatch(it -> core.contains(cluster.node(it.id())));
  }

  private boolean isConverged() {
    return members().stream()
            .map(it -> it.requireLife().store().status())
            .map(it -> it.lastApplied() + " " + it.digest())
            .distinct()
            .count()
        == 1;
  }

  private static boolean areAll(List<SimNode> nodes, Predicate<SimNode> such) {
    return !nodes.isEmpty() && nodes.stream().allMatch(such);
  }
}
