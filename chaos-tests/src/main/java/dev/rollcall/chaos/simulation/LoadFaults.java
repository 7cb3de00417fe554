package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.Stage.show;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.chaos.simulation.Observation.GuardChanged;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What befalls those who use the cluster. */
final class LoadFaults {
  private LoadFaults() {}

  /** Most of them are not heard for longer than any TTL, as when what they run on goes. */
  static Optional<String> massLapse(Stage stage, RandomGenerator random) {
    long nanos = random.nextLong(2000, 8000) * MILLISECOND;
    int muted = stage.load().mute(random, nanos);
    boolean isFollowed = random.nextInt(3) == 0;
    long afterNanos = random.nextLong(2000) * MILLISECOND;
    long downNanos = random.nextLong(20, 1500) * MILLISECOND;
    if (isFollowed) {
      stage.whenSeen(
          observation -> guardingLeader(stage.cluster(), observation),
          nanos,
          afterNanos,
          leader -> {
            leader.crash();
            stage.later(downNanos, leader::startIfDown);
          });
    }
    return Optional.of(
        muted
            + " users for "
            + show(nanos)
            + (isFollowed ? ", the leader crashes once a guard is engaged" : ""));
  }

  private static Optional<SimNode> guardingLeader(SimCluster cluster, Observation observation) {
    return observation instanceof GuardChanged(boolean isEngaged, int leases) && isEngaged
        ? cluster.leader()
        : Optional.empty();
  }
}
