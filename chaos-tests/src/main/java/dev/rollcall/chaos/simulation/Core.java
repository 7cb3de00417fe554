package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Nodes that must be able to go on by themselves: a quorum of every configuration that may be in
 * force, of both halves of a joint one, whole and connected. Everything outside stays as broken as
 * it is, for good.
 */
final class Core {
  /** What becomes of a node outside. */
  private enum Fate {
    AS_IT_IS,
    DOWN,
    PAUSED,
    STALLED,
    ALONE,
    DEAF,
    MUTE
  }

  private static final int STALL_TICKS_MAX = 100;
  private static final long FOR_GOOD_NANOS = 3600 * VirtualTime.SECOND;

  private final SimCluster cluster;
  private final Set<Integer> members;

  private Core(SimCluster cluster, Set<Integer> members) {
    this.cluster = cluster;
    this.members = members;
  }

  /**
   * A core as small as can be found from a random side; empty when all nodes together are none.
   *
   * @param inForce the last configuration known to be committed, and each that any log may have
   *     behind it: one of them is that of whoever leads next
   * @param preferred nodes that are to be in it if that needs no more nodes
   */
  static Optional<Core> choose(
      SimCluster cluster,
      RandomGenerator random,
      List<Configuration> inForce,
      Set<Integer> preferred) {
    var inside = new TreeSet<Integer>();
    for (SimNode node : cluster.nodes()) {
      if (node.hasLog() && !node.isRetired() && node.isWhole()) {
        inside.add(node.number());
      }
    }
    if (!isQuorum(cluster, inside, inForce)) {
      return Optional.empty();
    }
    var order = new ArrayList<>(inside);
    Collections.shuffle(order, Random.from(random));
    Optional<Integer> leader =
        cluster.leader().map(SimNode::number).filter(it -> random.nextBoolean());
    // Who is tried first is left out first.
    order.sort(
        Comparator.comparing((Integer it) -> !leader.equals(Optional.of(it)))
            .thenComparing(preferred::contains));
    for (int number : order) {
      boolean isLearner = inForce.stream().noneMatch(it -> it.isVoter(SimCluster.idOf(number)));
      inside.remove(number);
      boolean isNeeded = !isQuorum(cluster, inside, inForce);
      if (isNeeded || (isLearner && isMember(number, inForce) && random.nextBoolean())) {
        inside.add(number);
      }
    }
    return isElectable(cluster, inside) ? Optional.of(new Core(cluster, inside)) : Optional.empty();
  }

  /**
   * Whether one whose log is as good as any inside may stand. A learner that has heard of a leader
   * of its own refuses its vote to whoever has not, needed as it may be by a joint configuration
   * that only the other has, and does not stand itself: no Raft gets out of that alone.
   */
  private static boolean isElectable(SimCluster cluster, Set<Integer> inside) {
    return inside.stream()
        .filter(it -> cluster.nodes().get(it).configuration().isVoter(SimCluster.idOf(it)))
        .anyMatch(it ->
            inside.stream()
                .allMatch(other -> cluster.last(it).isAtLeastAsUpToDateAs(cluster.last(other))));
  }

  private static boolean isQuorum(
      SimCluster cluster, Set<Integer> inside, List<Configuration> inForce) {
    return inForce.stream()
        .flatMap(Core::withWhatMayFollow)
        .allMatch(it -> it.isQuorum(id -> inside.contains(cluster.number(id))));
  }

  /**
   * A learner that keeps up gets its vote, in the place of another where it is a replacement, and
   * may be out of reach from then on. Any of them may, and any may not.
   */
  private static Stream<Configuration> withWhatMayFollow(Configuration now) {
    var follow = new ArrayList<>(List.of(now.voters()));
    for (Member learner : now.learners()) {
      for (List<Member> voters : List.copyOf(follow)) {
        follow.add(promoted(now, voters, learner));
      }
    }
    return Stream.concat(Stream.of(now), follow.stream().map(Configuration::ofVoters));
  }

  private static List<Member> promoted(Configuration now, List<Member> voters, Member learner) {
    var promoted = new ArrayList<>(voters);
    now.replacedBy(learner.id()).ifPresent(old -> promoted.removeIf(it -> it.id().equals(old)));
    promoted.add(learner);
    return promoted;
  }

  private static boolean isMember(int number, List<Configuration> inForce) {
    return inForce.stream().anyMatch(it -> it.member(SimCluster.idOf(number)).isPresent());
  }

  /** Heals what is inside and seals the fate of what is outside. */
  void seal(RandomGenerator random) {
    cluster.network().weather(SimNetwork.Weather.FAIR);
    for (SimNode node : cluster.nodes()) {
      if (contains(node)) {
        heal(node);
      } else {
        seal(node, random);
      }
    }
  }

  private void heal(SimNode node) {
    node.crashNoMore();
    node.goOn();
    node.clock().mend();
    node.startIfDown();
    cluster.network().heal(node.number(), SimCluster.CLIENTS);
    cluster.network().heal(SimCluster.CLIENTS, node.number());
    for (int other : members) {
      cluster.network().heal(node.number(), other);
    }
  }

  /**
   * To each node outside all of the core is as one: who hears a part of it hears it all. A node
   * that reaches one half of a core and not the other can lead it, and leave the other half behind,
   * as long as it likes; no Raft promises more.
   */
  private void seal(SimNode node, RandomGenerator random) {
    boolean isDeaf = members.stream().anyMatch(it -> cluster.network().isSilent(it, node.number()));
    boolean isMute = members.stream().anyMatch(it -> cluster.network().isSilent(node.number(), it));
    switch (fate(node, random)) {
      case AS_IT_IS -> {}
      case DOWN -> node.crash();
      case PAUSED -> node.pause(FOR_GOOD_NANOS);
      case STALLED -> stall(node);
      case DEAF -> isDeaf = true;
      case MUTE -> isMute = true;
      case ALONE -> {
        isDeaf = true;
        isMute = true;
      }
    }
    for (int inside : members) {
      if (isDeaf) {
        cluster.network().cut(inside, node.number());
      }
      if (isMute) {
        cluster.network().cut(node.number(), inside);
      }
    }
    if (node.isPaused()) {
      node.pause(FOR_GOOD_NANOS);
    }
  }

  /** A leader whose disk stands still is the hardest to be rid of. */
  private Fate fate(SimNode node, RandomGenerator random) {
    Fate drawn = Fate.values()[random.nextInt(Fate.values().length)];
    boolean isLeader = cluster.leader().equals(Optional.of(node));
    return isLeader && random.nextBoolean() ? Fate.STALLED : drawn;
  }

  /** With some settings a leader whose disk stands still waits for it longer than we do. */
  private void stall(SimNode node) {
    if (cluster.config().raft().timing().diskStallTicks() <= STALL_TICKS_MAX) {
      node.stallDisk(FOR_GOOD_NANOS);
    } else {
      node.crash();
    }
  }

  boolean contains(SimNode node) {
    return members.contains(node.number());
  }

  List<SimNode> nodes() {
    return members.stream().map(cluster.nodes()::get).toList();
  }

  @Override
  public String toString() {
    return "nodes " + members;
  }
}
