package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.Stage.show;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** What befalls processes: they die, between two events or in the middle of a write, or pause. */
final class CrashFaults {
  private static final long AMBUSH_NANOS = 100 * MILLISECOND;
  private static final int AMBUSHES = 100;

  private CrashFaults() {}

  static Optional<String> crash(Stage stage, RandomGenerator random) {
    return crash(stage, stage.pick(random), random);
  }

  static Optional<String> crashLeader(Stage stage, RandomGenerator random) {
    return stage.cluster().leader().flatMap(leader -> crash(stage, leader, random));
  }

  static Optional<String> crashAll(Stage stage, RandomGenerator random) {
    stage.cluster().nodes().forEach(node -> crash(stage, node, random));
    return Optional.of("everybody");
  }

  private static Optional<String> crash(Stage stage, SimNode node, RandomGenerator random) {
    long down = downNanos(random);
    if (node.life() == null) {
      return Optional.empty();
    }
    node.crash();
    stage.later(down, node::startIfDown);
    return Optional.of("node " + node.number() + " for " + show(down));
  }

  static Optional<String> crashInTheMiddleOfAWrite(Stage stage, RandomGenerator random) {
    SimNode node = stage.pick(random);
    int operations = 1 + random.nextInt(12);
    long down = downNanos(random);
    if (node.life() == null) {
      return Optional.empty();
    }
    node.crashAtDiskOperation(operations, () -> stage.later(down, node::startIfDown));
    return Optional.of(
        "node " + node.number() + " in disk operation " + operations + ", for " + show(down));
  }

  static Optional<String> crashAtPoint(Stage stage, RandomGenerator random) {
    SimNode node = stage.pickOrLeader(random);
    DurabilityPoint[] points = DurabilityPoint.values();
    DurabilityPoint point = points[random.nextInt(points.length)];
    long down = downNanos(random);
    if (node.life() == null) {
      return Optional.empty();
    }
    node.crashAt(
        point,
        () -> {
          stage.struck(FaultKind.CRASH_AT_POINT);
          stage.later(down, node::startIfDown);
        });
    return Optional.of("node " + node.number() + " " + point.words() + ", for " + show(down));
  }

  /**
   * At a point that few nodes come to: lies in wait for whoever is first, those that start
   * meanwhile too.
   */
  static Optional<String> crashAtRarePoint(Stage stage, RandomGenerator random) {
    List<DurabilityPoint> rare = DurabilityPoint.RARE;
    DurabilityPoint point = rare.get(random.nextInt(rare.size()));
    long down = downNanos(random);
    lieInWait(stage, point, down, new AtomicInteger(AMBUSHES));
    return Optional.of("whoever is first " + point.words() + ", for " + show(down));
  }

  private static void lieInWait(
      Stage stage, DurabilityPoint point, long down, AtomicInteger roundsLeft) {
    if (roundsLeft.decrementAndGet() < 0) {
      return;
    }
    for (SimNode node : stage.cluster().nodes()) {
      if (node.life() != null && !node.isCrashPlanned()) {
        node.crashAt(
            point,
            () -> {
              roundsLeft.set(0);
              stage.struck(FaultKind.CRASH_AT_RARE_POINT);
              stage.later(down, node::startIfDown);
            });
      }
    }
    stage.later(AMBUSH_NANOS, () -> lieInWait(stage, point, down, roundsLeft));
  }

  /** The process alone: the operating system keeps what was written. */
  static Optional<String> kill(Stage stage, RandomGenerator random) {
    SimNode node = stage.pickOrLeader(random);
    long down = downNanos(random);
    if (node.life() == null) {
      return Optional.empty();
    }
    node.kill();
    stage.later(down, node::startIfDown);
    return Optional.of("node " + node.number() + " for " + show(down));
  }

  static Optional<String> slowDown(Stage stage, RandomGenerator random) {
    SimNode node = stage.pickOrLeader(random);
    int factor = random.nextInt(10, 101);
    long nanos = random.nextLong(200, 5000) * MILLISECOND;
    node.slowDown(factor, nanos);
    return Optional.of("node " + node.number() + " " + factor + " times slower for " + show(nanos));
  }

  private static long downNanos(RandomGenerator random) {
    return random.nextLong(20, 2500) * MILLISECOND;
  }

  static Optional<String> pause(Stage stage, RandomGenerator random) {
    SimNode node = stage.pickOrLeader(random);
    long nanos = random.nextLong(50, 5000) * MILLISECOND;
    node.pause(nanos);
    return Optional.of("node " + node.number() + " for " + show(nanos));
  }
}
