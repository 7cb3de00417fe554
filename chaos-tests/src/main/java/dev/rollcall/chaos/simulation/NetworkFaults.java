package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.Stage.show;
import static dev.rollcall.chaos.simulation.VirtualTime.MICROSECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.chaos.simulation.SimNetwork.Weather;
import java.util.Optional;
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

  private static String healLater(Stage stage, RandomGenerator random) {
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

  /** Resets of connections between nodes that both live. */
  static Optional<String> connectionsEnd(Stage stage, RandomGenerator random) {
    SimNode node = stage.pickOrLeader(random);
    stage.cluster().connectionsEnd(node);
    return Optional.of("those to node " + node.number());
  }
}
