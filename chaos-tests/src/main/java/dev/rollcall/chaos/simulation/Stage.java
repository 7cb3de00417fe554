package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** What faults act on, and how they end what they began. */
final class Stage {
  private final VirtualTime time;
  private final SimCluster cluster;
  private final SimOperator operator;
  private final Load load;
  private final Burst writes;
  private boolean isClosed;

  Stage(VirtualTime time, SimCluster cluster, SimOperator operator, Load load) {
    this.load = load;
    this.time = time;
    this.cluster = cluster;
    this.operator = operator;
    this.writes = new Burst(cluster.world());
  }

  VirtualTime time() {
    return time;
  }

  SimCluster cluster() {
    return cluster;
  }

  SimOperator operator() {
    return operator;
  }

  /** Those who use it. */
  Load load() {
    return load;
  }

  Burst writes() {
    return writes;
  }

  /** Plans how a fault ends or goes on; does not happen any more once the trouble is over. */
  void later(long nanos, Runnable action) {
    time.after(
        nanos,
        () -> {
          if (!isClosed) {
            action.run();
          }
        });
  }

  /**
   * Lies in wait for something to happen to a node, for a while at most.
   *
   * @param happens to whom, if this is it
   * @param afterNanos how long after it the action follows
   */
  void whenSeen(
      Function<Observation, Optional<SimNode>> happens,
      long patienceNanos,
      long afterNanos,
      Consumer<SimNode> action) {
    long endNanos = time.nowNanos() + patienceNanos;
    cluster
        .world()
        .lieInWait(observation -> {
          Optional<SimNode> it = happens.apply(observation);
          it.ifPresent(node -> later(afterNanos, () -> action.accept(node)));
          return it.isPresent() || isClosed || time.nowNanos() > endNanos;
        });
  }

  /** From now on nothing planned here happens. */
  void close() {
    isClosed = true;
  }

  boolean isClosed() {
    return isClosed;
  }

  SimNode pick(RandomGenerator random) {
    return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
  }

  SimNode pickOrLeader(RandomGenerator random) {
    SimNode picked = pick(random);
    return random.nextBoolean() ? picked : cluster.leader().orElse(picked);
  }

  /** A node whose disk the budget allows to be lost or damaged now. */
  Optional<SimNode> pickToLose(RandomGenerator random) {
    List<SimNode> nodes = cluster.nodes().stream().filter(cluster.budget()::allows).toList();
    return nodes.isEmpty()
        ? Optional.empty()
        : Optional.of(nodes.get(random.nextInt(nodes.size())));
  }

  /** A fault that lay in wait has struck. */
  void struck(FaultKind kind) {
    cluster.world().totals().struck(kind);
  }

  /** A time as reports show it. */
  static String show(long nanos) {
    return nanos / MILLISECOND + " ms";
  }
}
