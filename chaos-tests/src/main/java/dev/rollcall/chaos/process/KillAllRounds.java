package dev.rollcall.chaos.process;

import dev.rollcall.chaos.process.NodeCluster.Agreement;
import dev.rollcall.client.Consistency;
import dev.rollcall.client.NodeStatus;
import dev.rollcall.client.ServiceInstance;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Registers under load, kills all nodes at once, starts them again and looks whether everything
 * acknowledged, in this round and all before, is there; over and over. One thread.
 */
public final class KillAllRounds implements AutoCloseable {
  private static final int ACKNOWLEDGED_MIN = 50;
  private static final int ACKNOWLEDGED_MAX = 1_000;

  /** A kill comes up to this long after the acknowledgement that was waited for. */
  private static final long STRIKE_NANOS_MAX = Duration.ofMillis(20).toNanos();

  /** About what a start takes, so that a kill in between hits every part of it. */
  private static final long START_NANOS_MAX = Duration.ofMillis(2_500).toNanos();

  /** An idle log records its commit index within 1 s. */
  private static final Duration UNTIL_RECORDED = Duration.ofSeconds(2);

  private final Plan plan;
  private final Path directory;
  private final Random random;
  private final NodeCluster cluster;
  private final Ledger ledger = new Ledger();
  private long unknown;
  private int round;

  /**
   * What to do.
   *
   * @param rounds at least 1
   * @param nodes of the cluster
   * @param clients that register at the same time
   * @param seed draws when to kill, and whom to start alone
   */
  public record Plan(int rounds, int nodes, int clients, long seed) {}

  /** How the nodes come back. */
  public enum Kind {
    /** All at once. */
    TOGETHER,
    /** One first, alone, after a while without writes: it knows everything. */
    ONE_AFTER_REST,
    /** Killed again while they start. */
    KILLED_AGAIN,
    /** One first, alone, killed under load: it knows what its log says was committed. */
    ONE_UNDER_LOAD;

    static Kind of(int round) {
      return values()[(round - 1) % values().length];
    }
  }

  /**
   * What a round came to.
   *
   * @param acknowledged registrations in this round and all before
   * @param unknown of how many nobody knows whether they happened
   * @param toLeader from the start of the nodes to the first read with a quorum
   */
  public record Result(
      int round,
      Kind kind,
      long acknowledged,
      long unknown,
      Duration toLeader,
      Agreement agreement) {}

  /** Sets a cluster up below this directory, which should be empty. */
  public KillAllRounds(Plan plan, Path directory) throws IOException {
    this.plan = plan;
    this.directory = directory;
    this.random = new Random(plan.seed());
    this.cluster = NodeCluster.direct(directory, plan.nodes());
  }

  /**
   * Runs all rounds.
   *
   * @param progress told of each round when it is over
   * @throws ChaosFailure in the round that it was, at the first thing that is not as promised
   */
  public void run(Consumer<Result> progress) {
    cluster.startAll();
    cluster.awaitServing();
    for (round = 1; round <= plan.rounds(); round++) {
      Kind kind = Kind.of(round);
      try {
        progress.accept(run(kind));
      } catch (ChaosFailure e) {
        throw new ChaosFailure(
            "round %d, %s, %d acknowledged so far: %s"
                .formatted(round, kind, ledger.size(), e.getMessage()),
            e);
      }
    }
  }

  /** Registrations acknowledged so far. */
  public long acknowledged() {
    return ledger.size();
  }

  /** Kills the nodes. The directory stays. */
  @Override
  public void close() {
    cluster.close();
  }

  private Result run(Kind kind) {
    List<NodeStatus> before = cluster.nodes().stream().map(cluster::status).toList();
    var load = Load.start(cluster, ledger, "round-" + round, plan.clients());
    load.awaitAcknowledged(random.nextInt(ACKNOWLEDGED_MIN, ACKNOWLEDGED_MAX));
    long start;
    switch (kind) {
      case TOGETHER -> {
        killUnder(load);
        start = startAll();
      }
      case KILLED_AGAIN -> {
        killUnder(load);
        startAll();
        Timing.pass(Duration.ofNanos(random.nextLong(START_NANOS_MAX)));
        cluster.killAll();
        start = startAll();
      }
      case ONE_UNDER_LOAD -> {
        killUnder(load);
        start = startOneFirst(before, 0);
      }
      case ONE_AFTER_REST -> {
        load.finish();
        Agreement agreement = cluster.awaitAgreement();
        Timing.pass(UNTIL_RECORDED);
        cluster.killAll();
        start = startOneFirst(before, agreement.appliedIndex());
      }
      default -> throw new IllegalStateException();
    }
    unknown += load.unknown();
    return check(kind, start);
  }

  private void killUnder(Load load) {
    Timing.pass(Duration.ofNanos(random.nextLong(STRIKE_NANOS_MAX)));
    cluster.killAll();
    load.abandon();
  }

  private long startAll() {
    long start = System.nanoTime();
    cluster.startAll();
    return start;
  }

  /**
   * Starts one node, which has no quorum, and looks what it shows; then the others.
   *
   * @param committed an index that must be in its log as committed
   * @return when the others were started
   */
  private long startOneFirst(List<NodeStatus> before, long committed) {
    int alone = random.nextInt(cluster.size());
    long recorded =
        StoppedLog.commitIndex(
            cluster.dataDirectory(alone),
            before.get(alone),
            directory.resolve("log-of-round-" + round));
    require(
        recorded >= committed,
        "node %d: the log records commit index %d, %d was committed %s before",
        alone,
        recorded,
        committed,
        UNTIL_RECORDED);
    cluster.start(alone);
    cluster.awaitServing();
    NodeStatus status = cluster.status(alone);
    require(
        status.appliedIndex() >= recorded,
        "node %d alone shows index %d, its log records commit index %d",
        alone,
        status.appliedIndex(),
        recorded);
    boolean isAll = committed > 0;
    requireNoneLost(
        service -> cluster.observer(alone).resolve(service, Consistency.any()).instances(),
        entry -> isAll || entry.revision() <= status.revision(),
        "node " + alone + " alone");
    long start = System.nanoTime();
    cluster.others(alone).forEach(cluster::start);
    return start;
  }

  private Result check(Kind kind, long start) {
    cluster.awaitServing();
    cluster.awaitLeader(cluster.nodes());
    Duration toLeader = Timing.since(start);
    requireNoneLost(
        service -> cluster.observer(anyNode(service)).resolve(service).instances(),
        entry -> true,
        "after the restart");
    ledger.requireOrder();
    return new Result(round, kind, ledger.size(), unknown, toLeader, cluster.awaitAgreement());
  }

  private int anyNode(String service) {
    return Math.floorMod(service.hashCode(), cluster.size());
  }

  private void requireNoneLost(
      Function<String, List<ServiceInstance>> read, Predicate<Ledger.Entry> due, String where) {
    List<Ledger.Entry> lost = ledger.lost(read, due);
    require(
        lost.isEmpty(),
        "%s: %d of %d acknowledged registrations are LOST, such as %s",
        where,
        lost.size(),
        ledger.size(),
        lost.isEmpty() ? "" : lost.getFirst().instance());
  }

  private static void require(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new ChaosFailure(message.formatted(arguments));
    }
  }
}
