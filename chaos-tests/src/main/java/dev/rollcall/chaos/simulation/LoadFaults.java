package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.Stage.show;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import java.util.Optional;
import java.util.random.RandomGenerator;

/** What befalls those who use the cluster. */
final class LoadFaults {
  private LoadFaults() {}

  /** Most of them are not heard for longer than any TTL, as when what they run on goes. */
  static Optional<String> massLapse(Stage stage, RandomGenerator random) {
    long nanos = random.nextLong(2000, 8000) * MILLISECOND;
    int muted = stage.load().mute(random, nanos);
    return Optional.of(muted + " users for " + show(nanos));
  }
}
