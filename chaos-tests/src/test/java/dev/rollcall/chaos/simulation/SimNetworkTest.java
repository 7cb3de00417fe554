package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.chaos.simulation.SimNetwork.Style;
import dev.rollcall.chaos.simulation.SimNetwork.Weather;
import dev.rollcall.raft.core.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The network does to messages what its style says, and no more. */
class SimNetworkTest {
  private static final Style STREAMS = new Style(true, 1000, 0);
  private static final Style ANYTHING = new Style(false, 1000, 0);
  private static final Weather STORM = new Weather(0.3, 0.3, 1, SECOND / 10);

  private final VirtualTime time = new VirtualTime();
  private final List<Integer> arrived = new ArrayList<>();

  @Test
  void aStreamLosesSomeAndNeverOvertakesOrRepeats() {
    SimNetwork network = network(STREAMS);
    network.weather(STORM);
    send(network, 0, 300);
    run();
    assertThat(arrived).isSorted().doesNotHaveDuplicates().hasSizeBetween(100, 299);
  }

  @Test
  void withoutStreamsMessagesAreOvertakenAndRepeated() {
    SimNetwork network = network(ANYTHING);
    network.weather(STORM);
    send(network, 0, 300);
    run();
    assertThat(arrived).isNotEqualTo(arrived.stream().sorted().toList());
    assertThat(arrived.stream().distinct().count()).isLessThan(arrived.size());
  }

  @Test
  void aResetKeepsAFirstPartOfWhatIsUnderWay() {
    for (long seed = 1; seed <= 20; seed++) {
      SimNetwork network = network(STREAMS, seed);
      arrived.clear();
      send(network, 0, 20);
      network.reset(0, 1, false);
      run();
      assertThat(arrived)
          .as("seed %d", seed)
          .isEqualTo(IntStream.range(0, arrived.size()).boxed().toList());
    }
  }

  @Test
  void bothEndsNoticeAResetUnlessItIsHidden() {
    SimNetwork network = network(STREAMS);
    var noticed = new ArrayList<String>();
    network.whenConnectionsEnd((at, peer) -> noticed.add(at + " of " + peer));
    send(network, 0, 1);
    send(network, 1, 0, 1);
    network.reset(0, 1, true);
    run();
    assertThat(noticed).isEmpty();
    network.reset(0, 1, false);
    run();
    assertThat(noticed).containsExactlyInAnyOrder("0 of 1", "1 of 0");
  }

  @Test
  void aClogHoldsEverythingAndLetsItComeInOrder() {
    SimNetwork network = network(STREAMS);
    network.clog(0, 1);
    send(network, 0, 20);
    run();
    assertThat(arrived).isEmpty();
    network.unclog(0, 1);
    assertThat(arrived).hasSize(20).isSorted();
  }

  @Test
  void aFullLaneDropsWhatComesOnTop() {
    SimNetwork network = network(new Style(true, 16, 0));
    network.clog(0, 1);
    send(network, 0, 20);
    run();
    network.unclog(0, 1);
    assertThat(arrived).hasSize(16);
  }

  @Test
  void aKeptMessageComesAgain() {
    SimNetwork network = network(ANYTHING);
    send(network, 0, 5);
    run();
    arrived.clear();
    var choice = new SplittableRandom(3);
    for (int i = 0; i < 100; i++) {
      network.replay(1, choice);
    }
    run();
    assertThat(arrived).isNotEmpty().allMatch(number -> number < 5);
  }

  private SimNetwork network(Style style) {
    return network(style, 1);
  }

  private SimNetwork network(Style style, long seed) {
    return new SimNetwork(time, new SplittableRandom(seed), style, 3);
  }

  private void send(SimNetwork network, int from, int count) {
    send(network, from, 1, count);
  }

  private void send(SimNetwork network, int from, int to, int count) {
    for (int i = 0; i < count; i++) {
      int number = i;
      network.send(from, to, new Message.TimeoutNow(1), () -> arrived.add(number));
    }
  }

  private void run() {
    long end = time.nowNanos() + 5 * SECOND;
    boolean isMore = true;
    while (isMore) {
      isMore = time.runNext(end);
    }
  }
}
