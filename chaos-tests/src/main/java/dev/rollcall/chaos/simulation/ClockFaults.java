package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.Stage.show;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import java.util.Optional;
import java.util.random.RandomGenerator;

/** What befalls clocks: they run wrong, stand still, leap and jump. */
final class ClockFaults {
  private static final long RATE_MIN_PPM = 500_000;
  private static final long RATE_MAX_PPM = 2_000_000;
  private static final long JUMP_MAX_MILLIS = 7_200_000;

  private ClockFaults() {}

  /** One runs at half to twice its rate: far worse than hardware, to see what depends on it. */
  static Optional<String> rate(Stage stage, RandomGenerator random) {
    SimNode node = stage.pickOrLeader(random);
    long ppm = random.nextLong(RATE_MIN_PPM, RATE_MAX_PPM + 1);
    long nanos = random.nextLong(500, 8000) * MILLISECOND;
    node.clock().rate(ppm);
    stage.later(nanos, node.clock()::mend);
    return Optional.of("that of node " + node.number() + " at " + ppm + " ppm, for " + show(nanos));
  }

  /** The monotonic clock stands still and the process runs on. */
  static Optional<String> stop(Stage stage, RandomGenerator random) {
    SimNode node = stage.pickOrLeader(random);
    long nanos = random.nextLong(50, 3000) * MILLISECOND;
    boolean leaps = random.nextBoolean();
    node.clock().freeze(nanos, leaps);
    return Optional.of(
        "that of node " + node.number() + (leaps ? ", then leaps, " : ", ") + "for " + show(nanos));
  }

  /** The wall clock is set, by seconds or by hours. */
  static Optional<String> jump(Stage stage, RandomGenerator random) {
    SimNode node = stage.pickOrLeader(random);
    long most = random.nextBoolean() ? JUMP_MAX_MILLIS : 5000;
    long millis = random.nextLong(-most, most + 1);
    node.clock().jump(millis);
    return Optional.of("that of node " + node.number() + " by " + millis + " ms");
  }

  /** The machine stands still, as a guest does that is moved: the process and its clocks. */
  static Optional<String> machineStop(Stage stage, RandomGenerator random) {
    SimNode node = stage.pickOrLeader(random);
    long nanos = random.nextLong(50, 5000) * MILLISECOND;
    boolean leaps = random.nextBoolean();
    node.pause(nanos);
    node.clock().freeze(nanos, leaps);
    return Optional.of(
        "node "
            + node.number()
            + (leaps ? ", whose clock then leaps, " : ", ")
            + "for "
            + show(nanos));
  }

  /** All wall clocks go on by more than a session lasts, as when everything was suspended. */
  static Optional<String> hoursPass(Stage stage, RandomGenerator random) {
    long millis = random.nextLong(JUMP_MAX_MILLIS / 2, JUMP_MAX_MILLIS + 1);
    stage.cluster().nodes().forEach(node -> node.clock().jump(millis));
    return Optional.of("all wall clocks by " + millis + " ms");
  }
}
