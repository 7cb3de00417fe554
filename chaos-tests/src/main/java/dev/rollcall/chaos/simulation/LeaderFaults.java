package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.Stage.show;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.chaos.simulation.Observation.Configured;
import dev.rollcall.chaos.simulation.Observation.RoleChanged;
import dev.rollcall.chaos.simulation.SimOperator.Act;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What parts a leader from its followers at the moment that matters: while it has entries that
 * nobody else has, while it changes the members, while another stands for election. By luck alone
 * these moments are rarely met.
 */
final class LeaderFaults {
  static final Act[] CHANGES = {Act.ADD, Act.REMOVE, Act.REPLACE};
  private static final int WRITES_MAX = 80;
  private static final int SHUFFLES = 10;
  private static final long PATIENCE_NANOS = 5 * SECOND;

  private LeaderFaults() {}

  /**
   * A leader goes on taking writes with a minority, some of whose disks stand still; the others
   * have another leader by the time they meet again.
   */
  static Optional<String> leadsMinority(Stage stage, RandomGenerator random) {
    int writes = random.nextInt(WRITES_MAX);
    boolean stalls = random.nextBoolean();
    long stalledNanos = random.nextLong(100, 4500) * MILLISECOND;
    Optional<SimNode> leader = stage.cluster().leader();
    if (leader.isEmpty()) {
      return Optional.empty();
    }
    List<SimNode> minority = minorityOf(stage.cluster(), leader.get(), random);
    cutOff(stage.cluster(), minority);
    if (stalls) {
      minority.forEach(node -> node.stallDisk(stalledNanos));
    }
    stage.writes().propose(leader.get(), writes);
    return Optional.of(
        words(minority)
            + (stalls ? ", disks stalled for " + show(stalledNanos) : "")
            + ", "
            + writes
            + " writes"
            + NetworkFaults.healLater(stage, random));
  }

  /**
   * Figure 8 of the Raft paper, as far as (c): a leader has entries that nobody else has, the next
   * one too, and then the first leads again and puts its own, of the older term, in the place of
   * those of the newer.
   */
  static Optional<String> figureEight(Stage stage, RandomGenerator random) {
    int writes = random.nextInt(1, WRITES_MAX);
    int writesOfTheNext = random.nextInt(WRITES_MAX);
    long aloneNanos = random.nextLong(500, 4500) * MILLISECOND;
    OptionalLong crashNanos =
        random.nextInt(4) == 0
            ? OptionalLong.empty()
            : OptionalLong.of(random.nextLong(1500) * MILLISECOND);
    Optional<SimNode> first = stage.cluster().leader();
    if (first.isEmpty()) {
      return Optional.empty();
    }
    cutOff(stage.cluster(), List.of(first.get()));
    stage.writes().propose(first.get(), writes);
    stage.whenSeen(
        observation -> leads(stage.cluster(), observation).filter(it -> it != first.get()),
        PATIENCE_NANOS,
        0,
        next -> {
          stage.struck(FaultKind.FIGURE_EIGHT);
          stage.cluster().network().heal();
          cutOff(stage.cluster(), List.of(next));
          stage.writes().proposeIfUp(next, writesOfTheNext);
          stage.later(aloneNanos, stage.cluster().network()::heal);
          crashNanos.ifPresent(nanos -> crash(stage, next, aloneNanos + nanos));
        });
    stage.later(PATIENCE_NANOS, stage.cluster().network()::heal);
    return Optional.of(
        "node "
            + first.get().number()
            + " with "
            + writes
            + " writes, the next with "
            + writesOfTheNext
            + ", alone for "
            + show(aloneNanos));
  }

  private static void crash(Stage stage, SimNode node, long afterNanos) {
    stage.later(
        afterNanos,
        () -> {
          node.crash();
          stage.later(300 * MILLISECOND, node::startIfDown);
        });
  }

  static Optional<SimNode> leads(SimCluster cluster, Observation observation) {
    return observation instanceof RoleChanged(int node, var role) && role.role() == Role.LEADER
        ? Optional.of(cluster.nodes().get(node))
        : Optional.empty();
  }

  /** A leader is lost as soon as it has a joint configuration, which others may have or not. */
  static Optional<String> lostWhileJoint(Stage stage, RandomGenerator random) {
    Act act = random.nextBoolean() ? Act.PROMOTE : CHANGES[random.nextInt(CHANGES.length)];
    Optional<String> what = stage.operator().act(act, random);
    long afterNanos = random.nextBoolean() ? 0 : random.nextLong(40 * MILLISECOND);
    stage.whenSeen(
        observation -> leaderThatIsJoint(stage.cluster(), observation),
        PATIENCE_NANOS,
        afterNanos,
        leader -> {
          stage.struck(FaultKind.LOST_WHILE_JOINT);
          lose(stage, leader, random);
        });
    return Optional.of(what.orElse("no change") + ", " + show(afterNanos) + " after it is joint");
  }

  private static Optional<SimNode> leaderThatIsJoint(SimCluster cluster, Observation observation) {
    return observation instanceof Configured(int node, long index, var now) && now.isJoint()
        ? cluster.leader().filter(it -> it.number() == node)
        : Optional.empty();
  }

  private static void lose(Stage stage, SimNode leader, RandomGenerator random) {
    if (leader.life() == null || random.nextInt(4) == 0) {
      leader.crash();
      stage.later(random.nextLong(20, 2500) * MILLISECOND, leader::startIfDown);
    } else {
      boolean isMost = random.nextInt(3) > 0;
      cutOff(
          stage.cluster(),
          isMost
              ? mostOfAll(stage.cluster(), leader, random)
              : minorityOf(stage.cluster(), leader, random));
      NetworkFaults.healLater(stage, random);
    }
  }

  /** The leader and others: most of all voters together, and not of both halves if that can be. */
  private static List<SimNode> mostOfAll(
      SimCluster cluster, SimNode leader, RandomGenerator random) {
    Configuration now = leader.requireLife().status().configuration();
    var others =
        Stream.of(now.voters(), now.outgoing())
            .flatMap(List::stream)
            .map(member -> cluster.node(member.id()))
            .distinct()
            .collect(Collectors.toCollection(ArrayList::new));
    int majority = others.size() / 2 + 1;
    others.remove(leader);
    var group = new ArrayList<SimNode>();
    for (int i = 0; i < SHUFFLES; i++) {
      Collections.shuffle(others, Random.from(random));
      group.clear();
      group.add(leader);
      group.addAll(others.subList(0, Math.min(majority - 1, others.size())));
      if (!Majorities.decide(now, id -> group.contains(cluster.node(id)))) {
        break;
      }
    }
    return group;
  }

  /**
   * The leader pauses, and whoever stands for election first is alone from then on: it is in a term
   * that nobody else has heard of when the leader goes on.
   */
  static Optional<String> candidateCutOff(Stage stage, RandomGenerator random) {
    long extraNanos = random.nextLong(2 * stage.cluster().config().electionTimeoutNanos());
    long pauseNanos = stage.cluster().config().electionTimeoutNanos() + extraNanos;
    long aloneNanos = random.nextLong(100, 3000) * MILLISECOND;
    Optional<SimNode> leader = stage.cluster().leader();
    leader.ifPresent(it -> it.pause(pauseNanos));
    stage.whenSeen(
        observation -> candidate(stage.cluster(), observation),
        PATIENCE_NANOS,
        0,
        candidate -> {
          stage.struck(FaultKind.CANDIDATE_CUT_OFF);
          cutOff(stage.cluster(), List.of(candidate));
          stage.later(aloneNanos, stage.cluster().network()::heal);
        });
    return leader.map(it -> "node " + it.number() + " pauses for " + show(pauseNanos));
  }

  private static Optional<SimNode> candidate(SimCluster cluster, Observation observation) {
    return observation instanceof RoleChanged(int node, var role) && role.role() == Role.CANDIDATE
        ? Optional.of(cluster.nodes().get(node))
        : Optional.empty();
  }

  /** The leader and some others, fewer than half of the voters together. */
  static List<SimNode> minorityOf(SimCluster cluster, SimNode leader, RandomGenerator random) {
    var others = new ArrayList<>(cluster.membersAsSeenBy(leader));
    others.remove(leader);
    Collections.shuffle(others, Random.from(random));
    int voters = leader.requireLife().status().configuration().voters().size();
    var minority = new ArrayList<>(List.of(leader));
    int more = random.nextInt(Math.max(1, (voters - 1) / 2));
    minority.addAll(others.subList(0, Math.min(more, others.size())));
    return minority;
  }

  static void cutOff(SimCluster cluster, List<SimNode> some) {
    for (SimNode one : some) {
      for (SimNode other : cluster.nodes()) {
        if (!some.contains(other)) {
          cluster.network().cutOff(one.number(), other.number());
        }
      }
    }
  }

  static String words(List<SimNode> nodes) {
    return nodes.stream().map(it -> "node " + it.number()).collect(Collectors.joining(", "));
  }
}
