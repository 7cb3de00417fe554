package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.Stage.show;
import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.raft.log.fake.MemoryDisk.Failing;
import dev.rollcall.store.fake.MemoryOrderedStore.Step;
import java.util.Optional;
import java.util.function.BiFunction;
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

  static Optional<String> failForce(Stage stage, RandomGenerator random) {
    return failNext(stage, random, Failing.FORCE, FaultKind.FORCE_FAILS);
  }

  static Optional<String> failWrite(Stage stage, RandomGenerator random) {
    return failNext(stage, random, Failing.WRITE, FaultKind.WRITE_FAILS);
  }

  static Optional<String> failRead(Stage stage, RandomGenerator random) {
    return failNext(stage, random, Failing.READ, FaultKind.READ_FAILS);
  }

  private static Optional<String> failNext(
      Stage stage, RandomGenerator random, Failing what, FaultKind kind) {
    SimNode node = stage.pickOrLeader(random);
    if (node.isLost() || !node.hasLog()) {
      return Optional.empty();
    }
    node.faultyDisk().failNext(what, () -> stage.struck(kind));
    return Optional.of("the next of node " + node.number());
  }

  /** The log's disk has next to no room for a while. */
  static Optional<String> fill(Stage stage, RandomGenerator random) {
    SimNode node = stage.pickOrLeader(random);
    int left = random.nextInt(8 << 10);
    long nanos = random.nextLong(1000, 20_000) * MILLISECOND;
    if (node.isLost() || !node.hasLog()) {
      return Optional.empty();
    }
    node.faultyDisk().fill(left, () -> stage.struck(FaultKind.DISK_FULL));
    stage.later(nanos, node.faultyDisk()::heal);
    return Optional.of("node " + node.number() + " but for " + left + " bytes, for " + show(nanos));
  }

  /** The next flush of the state fails. */
  static Optional<String> failStateFlush(Stage stage, RandomGenerator random) {
    SimNode node = stage.pickOrLeader(random);
    if (node.life() == null) {
      return Optional.empty();
    }
    node.failState(Step.FLUSH, () -> stage.struck(FaultKind.STATE_FLUSH_FAILS));
    return Optional.of("node " + node.number());
  }

  static Optional<String> rot(Stage stage, RandomGenerator random) {
    return damage(stage, random, FaultyDisk::rot);
  }

  static Optional<String> loseWrite(Stage stage, RandomGenerator random) {
    return damage(stage, random, FaultyDisk::loseWrite);
  }

  static Optional<String> misdirectWrite(Stage stage, RandomGenerator random) {
    return damage(stage, random, FaultyDisk::misdirectWrite);
  }

  private static Optional<String> damage(
      Stage stage,
      RandomGenerator random,
      BiFunction<FaultyDisk, RandomGenerator, Optional<String>> how) {
    Optional<SimNode> picked = stage.pickToLose(random);
    long down = random.nextLong(20, 2500) * MILLISECOND;
    boolean isReadSoon = random.nextInt(4) > 0;
    Optional<String> what =
        picked.flatMap(node ->
            how.apply(node.faultyDisk(), random).map(damage -> "node " + node.number() + damage));
    if (what.isPresent() && isReadSoon) {
      // A start reads everything, and sees what is on the platter only after a loss of power.
      SimNode node = picked.orElseThrow();
      stage.later(
          random.nextLong(5000) * MILLISECOND,
          () -> {
            node.crash();
            stage.later(down, node::startIfDown);
          });
    }
    return what;
  }

  /** A node's state is not what the others have; the next comparison must find it. */
  static Optional<String> spoilState(Stage stage, RandomGenerator random) {
    Optional<SimNode> picked = stage.pickToLose(random);
    // A leader that is wrong is the hard case.
    Optional<SimNode> leader =
        random.nextBoolean()
            ? stage.cluster().leader().filter(stage.cluster().budget()::allows)
            : Optional.empty();
    return leader
        .or(() -> picked)
        .map(node -> {
          node.spoilState();
          return "node " + node.number();
        });
  }

  /** A disk is gone: the machine comes back, if at all, as another node. */
  static Optional<String> wipe(Stage stage, RandomGenerator random) {
    return stage
        .pickToLose(random)
        .map(node -> {
          node.wipe();
          return "node " + node.number();
        });
  }
}
