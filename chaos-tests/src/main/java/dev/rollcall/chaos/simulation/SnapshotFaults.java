package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.Stage.show;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.chaos.simulation.Observation.Installed;
import dev.rollcall.chaos.simulation.Observation.SnapshotOffered;
import dev.rollcall.chaos.simulation.SimOperator.Act;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.driver.SnapshotMessage.FetchSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** What makes a node need a snapshot when its own log, or another leader's, has a say in it too. */
final class SnapshotFaults {
  private static final int WRITES_MAX = 300;
  private static final long PATIENCE_NANOS = 6 * SECOND;
  private static final long HAND_OVER_NANOS = 500 * MILLISECOND;

  private SnapshotFaults() {}

  /**
   * A leader goes on with a minority and writes a long suffix that it will have to take back,
   * perhaps with a change of the members in it. The others have another leader, write less, and cut
   * their logs before they all meet: what is offered then ends within the suffix.
   */
  static Optional<String> leftWithASuffix(Stage stage, RandomGenerator random) {
    int writes = random.nextInt(100, WRITES_MAX);
    int writesOfTheOthers = random.nextInt(writes);
    Act act = LeaderFaults.CHANGES[random.nextInt(LeaderFaults.CHANGES.length)];
    boolean changesMembers = random.nextBoolean();
    var forMeeting = new SplittableRandom(random.nextLong());
    Optional<SimNode> leader = stage.cluster().leader();
    if (leader.isEmpty()) {
      return Optional.empty();
    }
    List<SimNode> minority = LeaderFaults.minorityOf(stage.cluster(), leader.get(), random);
    LeaderFaults.cutOff(stage.cluster(), minority);
    stage.writes().propose(leader.get(), writes);
    Optional<String> change =
        changesMembers ? stage.operator().act(act, leader.get(), random) : Optional.empty();
    stage.whenSeen(
        observation ->
            LeaderFaults.leads(stage.cluster(), observation)
                .filter(node -> !minority.contains(node)),
        PATIENCE_NANOS,
        20 * MILLISECOND,
        next -> {
          stage.struck(FaultKind.LEFT_WITH_A_SUFFIX);
          stage.writes().proposeIfUp(next, writesOfTheOthers);
          meetAfterFlush(stage, forMeeting);
        });
    stage.later(2 * PATIENCE_NANOS, stage.cluster().network()::heal);
    return Optional.of(
        LeaderFaults.words(minority)
            + " with "
            + writes
            + " writes, the others with "
            + writesOfTheOthers
            + change.map(it -> ", " + it).orElse(""));
  }

  /**
   * A node falls behind, and while it fetches a snapshot, which it is slow to take up, another node
   * becomes leader, which may have in its log all that is missing.
   */
  static Optional<String> fetchOvertaken(Stage stage, RandomGenerator random) {
    SimCluster cluster = stage.cluster();
    Optional<SimNode> leader = cluster.leader();
    if (leader.isEmpty() || cluster.membersAsSeenBy(leader.get()).size() < 3) {
      return Optional.empty();
    }
    boolean isFirst = !cluster.config().keepsAll(leader.get().id());
    if (isFirst) {
      return Optional.of(leaveBehind(stage, leader.get(), random));
    }
    // From this one, that keeps its whole log, nobody would need a snapshot.
    var later = new SplittableRandom(random.nextLong());
    stage.operator().transfer(leader.get(), fewestKept(cluster, leader.get(), random).getFirst());
    stage.later(
        HAND_OVER_NANOS, () -> cluster.leader().ifPresent(next -> leaveBehind(stage, next, later)));
    return Optional.of(
        "node " + leader.get().number() + " hands over, and then one is left behind");
  }

  private static String leaveBehind(Stage stage, SimNode leader, RandomGenerator random) {
    SimCluster cluster = stage.cluster();
    int writes = random.nextInt(100, WRITES_MAX);
    long snapshotNanos = random.nextLong(500, 2500) * MILLISECOND;
    long applyNanos = snapshotNanos + random.nextLong(1000, 5000) * MILLISECOND;
    List<SimNode> others = fewestKept(cluster, leader, random);
    if (others.isEmpty()) {
      return "nobody";
    }
    SimNode next = others.removeLast();
    SimNode behind = others.isEmpty() ? next : others.get(random.nextInt(others.size()));
    LeaderFaults.cutOff(cluster, List.of(behind));
    stage.writes().propose(leader, writes);
    meetAfterFlush(stage, random);
    stage.whenSeen(
        observation -> offered(observation, behind),
        PATIENCE_NANOS,
        0,
        node -> {
          stage.struck(FaultKind.FETCH_OVERTAKEN);
          node.stallState(applyNanos, snapshotNanos);
          cluster.leader().ifPresent(now -> stage.operator().transfer(now, next));
        });
    return "node "
        + behind.number()
        + " misses "
        + writes
        + " writes, and applies nothing for "
        + show(applyNanos);
  }

  /** The other members, those that keep their whole log last. */
  private static List<SimNode> fewestKept(
      SimCluster cluster, SimNode leader, RandomGenerator random) {
    var others = new ArrayList<>(cluster.membersAsSeenBy(leader));
    others.remove(leader);
    Collections.shuffle(others, Random.from(random));
    others.sort(Comparator.comparing(node -> cluster.config().keepsAll(node.id())));
    return others;
  }

  /**
   * Who has installed a snapshot is asked for one, by somebody who does not want it: word of a
   * fetch that was given up.
   */
  static Optional<String> strayFetch(Stage stage, RandomGenerator random) {
    SimNode asks = stage.pick(random);
    long afterNanos = random.nextLong(400) * MILLISECOND;
    stage.whenSeen(
        observation ->
            observation instanceof Installed(int node, long index, String digest)
                ? Optional.of(stage.cluster().nodes().get(node))
                : Optional.empty(),
        PATIENCE_NANOS,
        afterNanos,
        node -> {
          var life = node.life();
          if (life != null && node != asks) {
            stage.struck(FaultKind.STRAY_FETCH);
            var request = new FetchSnapshot(SnapshotMessage.ANY, 1, Payload.EMPTY);
            life.registry().node().receive(asks.id(), request);
          }
        });
    return Optional.of("of node " + asks.number() + ", " + show(afterNanos) + " after an install");
  }

  /** All make their states durable, so that logs are cut, before cuts end. */
  private static void meetAfterFlush(Stage stage, RandomGenerator random) {
    long flushNanos = random.nextLong(200, 1500) * MILLISECOND;
    long meetNanos = flushNanos + random.nextLong(200, 2000) * MILLISECOND;
    stage.later(flushNanos, () -> flushAll(stage.cluster()));
    stage.later(meetNanos, stage.cluster().network()::heal);
  }

  private static Optional<SimNode> offered(Observation observation, SimNode to) {
    return observation instanceof SnapshotOffered(int node) && node == to.number()
        ? Optional.of(to)
        : Optional.empty();
  }

  private static void flushAll(SimCluster cluster) {
    for (SimNode node : cluster.nodes()) {
      var life = node.life();
      if (life != null) {
        life.flush();
      }
    }
  }
}
