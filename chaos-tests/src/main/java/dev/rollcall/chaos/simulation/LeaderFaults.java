package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.Stage.show;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.chaos.simulation.Observation.Configured;
import dev.rollcall.chaos.simulation.Observation.RoleChanged;
import dev.rollcall.chaos.simulation.SimOperator.Act;
import dev.rollcall.raft.core.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * What parts a leader from its followers at the moment that matters: while it has entries that
 * nobody else has, while it changes the members, while another stands for election. By luck alone
 * these moments are rarely met.
 */
final class LeaderFaults {
  private static final Act[] CHANGES = {Act.ADD, Act.REMOVE, Act.REPLACE};
  private static final int WRITES_MAX = 80;
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

  /** A leader is lost as soon as it has a joint configuration, which others may have or not. */
  static Optional<String> lostWhileJoint(Stage stage, RandomGenerator random) {
    Act act = CHANGES[random.nextInt(CHANGES.length)];
    Optional<String> what = stage.operator().act(act, random);
    long afterNanos = random.nextLong(40 * MILLISECOND);
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
    if (leader.life() == null || random.nextInt(3) == 0) {
      leader.crash();
      stage.later(random.nextLong(20, 2500) * MILLISECOND, leader::startIfDown);
    } else {
      cutOff(stage.cluster(), minorityOf(stage.cluster(), leader, random));
      NetworkFaults.healLater(stage, random);
    }
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
  private static List<SimNode> minorityOf(
      SimCluster cluster, SimNode leader, RandomGenerator random) {
    var others = new ArrayList<>(cluster.membersAsSeenBy(leader));
    others.remove(leader);
    Collections.shuffle(others, Random.from(random));
    int voters = leader.requireLife().status().configuration().voters().size();
    var minority = new ArrayList<>(List.of(leader));
    int more = random.nextInt(Math.max(1, (voters - 1) / 2));
    minority.addAll(others.subList(0, Math.min(more, others.size())));
    return minority;
  }

  private static void cutOff(SimCluster cluster, List<SimNode> some) {
    for (SimNode one : some) {
      for (SimNode other : cluster.nodes()) {
        if (!some.contains(other)) {
          cluster.network().cutOff(one.number(), other.number());
        }
      }
    }
  }

  private static String words(List<SimNode> nodes) {
    return nodes.stream().map(it -> "node " + it.number()).collect(Collectors.joining(", "));
  }
}
