package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.chaos.simulation.SimNetwork.Weather;
import java.util.random.RandomGenerator;

/**
 * Breaks things: crashes nodes (between events, or in the middle of a disk operation), restarts
 * them, cuts the network one way or both, and makes bad weather. Ends by healing everything.
 */
final class Nemesis {
  private final VirtualTime time;
  private final RandomGenerator random;
  private final SimCluster cluster;
  private final Totals totals;
  private boolean resting;

  Nemesis(VirtualTime time, RandomGenerator random, SimCluster cluster, Totals totals) {
    this.time = time;
    this.random = random;
    this.cluster = cluster;
    this.totals = totals;
  }

  void start() {
    plan();
  }

  /** Heals the network, restarts whoever is down, and does nothing from now on. */
  void rest() {
    resting = true;
    cluster.network().heal();
    cluster.network().weather(Weather.FAIR);
    cluster.nodes().forEach(SimNode::crashNoMore);
    cluster.nodes().forEach(SimNode::goOn);
    cluster.nodes().forEach(SimNode::startIfDown);
  }

  private void plan() {
    time.after(
        random.nextLong(500, 3500) * MILLISECOND,
        () -> {
          if (!resting) {
            strike();
            plan();
          }
        });
  }

  private void strike() {
    switch (random.nextInt(14)) {
      case 0, 1, 2 -> crashInTheMiddleOfAWrite(pick());
      case 3 -> crash(pick());
      case 4 -> crash(cluster.leader().orElseGet(this::pick));
      case 5 -> crashAll();
      case 6 -> partition(this::cutOffOne);
      case 7 -> partition(this::bridge);
      case 8 -> partition(this::ring);
      case 9 -> pause(pickOrLeader());
      case 10 -> stallDisk(pickOrLeader());
      // Resets of connections between nodes that both live.
      case 11 -> cluster.connectionsEnd(pickOrLeader());
      default -> storm();
    }
  }

  private SimNode pickOrLeader() {
    SimNode picked = pick();
    return random.nextBoolean() ? picked : cluster.leader().orElse(picked);
  }

  private SimNode pick() {
    return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
  }

  private void pause(SimNode node) {
    totals.pauses++;
    node.pause(random.nextLong(50, 5000) * MILLISECOND);
  }

  private void stallDisk(SimNode node) {
    totals.diskStalls++;
    node.stallDisk(random.nextLong(100, 5000) * MILLISECOND);
  }

  private void crash(SimNode node) {
    node.crash();
    restartLater(node);
  }

  private void crashInTheMiddleOfAWrite(SimNode node) {
    node.crashAtDiskOperation(1 + random.nextInt(12), () -> restartLater(node));
  }

  private void crashAll() {
    cluster.nodes().forEach(this::crash);
  }

  private void restartLater(SimNode node) {
    time.after(random.nextLong(20, 2500) * MILLISECOND, node::startIfDown);
  }

  private void partition(Runnable shape) {
    totals.partitions++;
    shape.run();
    time.after(random.nextLong(300, 4000) * MILLISECOND, () -> cluster.network().heal());
  }

  /** One node hears nobody, and half the time is not heard either. */
  private void cutOffOne() {
    boolean oneWay = random.nextBoolean();
    int nodes = cluster.nodes().size();
    int alone = random.nextInt(nodes);
    for (int other = 0; other < nodes; other++) {
      if (other != alone) {
        cluster.network().cut(alone, other);
        if (!oneWay) {
          cluster.network().cut(other, alone);
        }
      }
    }
  }

  /** Two halves that share one node, which alone reaches all. */
  private void bridge() {
    int bridge = random.nextInt(cluster.nodes().size());
    for (int one = 0; one < cluster.nodes().size(); one++) {
      for (int other = 0; other < one; other++) {
        if (one != bridge && other != bridge && (one + other) % 2 == 1) {
          cluster.network().cutOff(one, other);
        }
      }
    }
  }

  /** Each node reaches its neighbours only: every one sees a majority, no two the same. */
  private void ring() {
    int nodes = cluster.nodes().size();
    for (int one = 0; one < nodes; one++) {
      for (int other = 0; other < one; other++) {
        int apart = one - other;
        if (apart != 1 && apart != nodes - 1) {
          cluster.network().cutOff(one, other);
        }
      }
    }
  }

  private void storm() {
    cluster
        .network()
        .weather(
            new Weather(
                random.nextDouble() * 0.2,
                random.nextDouble() * 0.1,
                100 * VirtualTime.MICROSECOND,
                random.nextLong(1, 120) * MILLISECOND));
    time.after(
        random.nextLong(300, 3000) * MILLISECOND, () -> cluster.network().weather(Weather.FAIR));
  }
}
