package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.Stage.show;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import java.util.Optional;
import java.util.random.RandomGenerator;

/** What befalls disks. */
final class DiskFaults {
  private DiskFaults() {}

  static Optional<String> stall(Stage stage, RandomGenerator random) {
    SimNode node = stage.pickOrLeader(random);
    long nanos = random.nextLong(100, 5000) * MILLISECOND;
    node.stallDisk(nanos);
    return Optional.of("node " + node.number() + " for " + show(nanos));
  }
}
