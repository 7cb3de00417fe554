package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.Stage.show;
import static dev.rollcall.chaos.simulation.VirtualTime.MICROSECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.chaos.simulation.SimNetwork.Weather;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** What befalls the network: cuts one way and both, partitions of odd shapes, bad weather. */
final class NetworkFaults {
  private NetworkFaults() {}

  /** One node hears nobody, or is not heard, or both. */
  static Optional<String> cutOffOne(Stage stage, RandomGenerator random) {
    SimNetwork network = stage.cluster().network();
    int alone = stage.pick(random).number();
    int way = random.nextInt(4);
    boolean isHeard = way == 1;
    boolean hears = way == 2;
    for (int other = 0; other < stage.cluster().nodes().size(); other++) {
      if (other != alone && !isHeard) {
        network.cut(alone, other);
      }
      if (other != alone && !hears) {
        network.cut(other, alone);
      }
    }
    String how = isHeard ? " hears nobody" : hears ? " is not heard" : " is alone";
    return Optional.of("node " + alone + how + healLater(stage, random));
  }

  /** Two halves that share one node, which alone reaches all. */
  static Optional<String> bridge(Stage stage, RandomGenerator random) {
    int nodes = stage.cluster().nodes().size();
    int bridge = random.nextInt(nodes);
    for (int one = 0; one < nodes; one++) {
      for (int other = 0; other < one; other++) {
        if (one != bridge && other != bridge && (one + other) % 2 == 1) {
          stage.cluster().network().cutOff(one, other);
        }
      }
    }
    return Optional.of("node " + bridge + healLater(stage, random));
  }

  /** Each node reaches its neighbours only: every one sees a majority, no two the same. */
  static Optional<String> ring(Stage stage, RandomGenerator random) {
    int nodes = stage.cluster().nodes().size();
    for (int one = 0; one < nodes; one++) {
      for (int other = 0; other < one; other++) {
        int apart = one - other;
        if (apart != 1 && apart != nodes - 1) {
          stage.cluster().network().cutOff(one, other);
        }
      }
    }
    return Optional.of("of all" + healLater(stage, random));
  }

  /** Ends all cuts after a while; says when. */
  static String healLater(Stage stage, RandomGenerator random) {
    long nanos = random.nextLong(300, 4000) * MILLISECOND;
    stage.later(nanos, stage.cluster().network()::heal);
    return ", for " + show(nanos);
  }

  static Optional<String> storm(Stage stage, RandomGenerator random) {
    SimNetwork network = stage.cluster().network();
    double loss = random.nextDouble() * 0.2;
    double duplication = random.nextDouble() * 0.1;
    long delayMax = random.nextLong(1, 120) * MILLISECOND;
    long nanos = random.nextLong(300, 3000) * MILLISECOND;
    network.weather(new Weather(loss, duplication, 100 * MICROSECOND, delayMax));
    stage.later(nanos, () -> network.weather(Weather.FAIR));
    return Optional.of(
        String.format(
            "%.0f %% lost, %.0f %% twice, delays up to %s, for %s",
            loss * 100, duplication * 100, show(delayMax), show(nanos)));
  }

  /** Resets of connections between nodes that both live: all of one node's, or one. */
  static Optional<String> connectionsEnd(Stage stage, RandomGenerator random) {
    int node = stage.pickOrLeader(random).number();
    int other = stage.pick(random).number();
    boolean isAll = random.nextBoolean();
    boolean isHidden = random.nextInt(4) == 0;
    if (!isAll) {
      stage.cluster().network().reset(node, other, isHidden);
    } else {
      for (SimNode each : stage.cluster().nodes()) {
        stage.cluster().network().reset(node, each.number(), isHidden);
      }
    }
    return Optional.of(
        "those of node "
            + node
            + (isAll ? "" : " and node " + other)
            + (isHidden ? ", which nobody notices" : ""));
  }

  /** A direction that brings nothing for a while, and then all at once. */
  static Optional<String> clog(Stage stage, RandomGenerator random) {
    SimNetwork network = stage.cluster().network();
    int from = stage.pickOrLeader(random).number();
    int to = stage.pick(random).number();
    boolean isAll = random.nextBoolean();
    long nanos = random.nextLong(50, 4000) * MILLISECOND;
    for (SimNode each : stage.cluster().nodes()) {
      if (isAll || each.number() == to) {
        network.clog(from, each.number());
        stage.later(nanos, () -> network.unclog(from, each.number()));
      }
    }
    return Optional.of(
        "from node " + from + (isAll ? "" : " to node " + to) + ", for " + show(nanos));
  }

  /** Words of older terms and answers to older requests, some at once and some in a trickle. */
  static Optional<String> lateMessages(Stage stage, RandomGenerator random) {
    int to = stage.pickOrLeader(random).number();
    int count = random.nextInt(5, 60);
    long nanos = random.nextLong(1, 1500) * MILLISECOND;
    if (stage.cluster().network().hasStreams()) {
      return Optional.empty();
    }
    for (int i = 0; i < count; i++) {
      var choice = new SplittableRandom(random.nextLong());
      stage.later(random.nextLong(nanos), () -> stage.cluster().network().replay(to, choice));
    }
    return Optional.of(count + " to node " + to + " within " + show(nanos));
  }
}
