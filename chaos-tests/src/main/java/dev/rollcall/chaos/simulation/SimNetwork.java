package dev.rollcall.chaos.simulation;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Carries deliveries between numbered places (nodes from 0, clients above) and spoils some: loss,
 * duplication, delay, and with it reordering, and one-way cuts. What a partition cuts is lost, also
 * when it was under way.
 */
final class SimNetwork {
  /** What the network does to messages; probabilities are per message. */
  record Weather(double loss, double duplication, long delayMinNanos, long delayMaxNanos) {
    static final Weather FAIR =
        new Weather(0, 0, 50 * VirtualTime.MICROSECOND, 500 * VirtualTime.MICROSECOND);
  }

  private final VirtualTime time;
  private final RandomGenerator random;
  private final boolean[][] cut;
  private Weather weather = Weather.FAIR;
  private long lost;
  private long duplicated;

  SimNetwork(VirtualTime time, RandomGenerator random, int places) {
    this.time = time;
    this.random = random;
    this.cut = new boolean[places][places];
  }

  void weather(Weather next) {
    weather = next;
  }

  void cut(int from, int to) {
    cut[from][to] = true;
  }

  /** Cuts both ways. */
  void cutOff(int one, int other) {
    cut(one, other);
    cut(other, one);
  }

  boolean isCut(int from, int to) {
    return cut[from][to];
  }

  void heal() {
    for (boolean[] row : cut) {
      Arrays.fill(row, false);
    }
  }

  long lost() {
    return lost;
  }

  long duplicated() {
    return duplicated;
  }

  /** Carries one call or its answer; {@code delivery} runs at the other place, once or never. */
  void sendOnce(int from, int to, Runnable delivery) {
    if (random.nextDouble() < weather.loss) {
      lost++;
    } else {
      carry(from, to, delivery);
    }
  }

  /**
   * Carries one message; {@code delivery} runs at the other place, any number of times from 0 to 2.
   */
  void send(int from, int to, Runnable delivery) {
    sendOnce(from, to, delivery);
    if (random.nextDouble() < weather.duplication) {
      duplicated++;
      carry(from, to, delivery);
    }
  }

  private void carry(int from, int to, Runnable delivery) {
    long delay = random.nextLong(weather.delayMinNanos, weather.delayMaxNanos + 1);
    if (weather.loss > 0 && random.nextInt(50) == 0) {
      delay += random.nextLong(VirtualTime.SECOND); // a straggler: arrives terms later
    }
    time.after(
        delay,
        () -> {
          if (cut[from][to]) {
            lost++;
          } else {
            delivery.run();
          }
        });
  }
}
