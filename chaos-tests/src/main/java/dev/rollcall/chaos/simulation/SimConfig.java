package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;
import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.raft.driver.RaftNodeConfig;
import dev.rollcall.raft.driver.SnapshotConfig;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.server.replication.GuardLimits;
import dev.rollcall.server.replication.ReplicationLimits;
import dev.rollcall.store.ChangeLogRetention;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * All numbers of a run that are not faults, drawn from its seed, as FoundationDB does: most have
 * the value that suits a small world, some are far from what anybody would choose. What is rare
 * with one setting is common with another.
 *
 * @param nodes the first members
 * @param flushMillisMax how long a store waits for its next flush at most
 * @param ringChangesMax changes that a node keeps for its watchers
 * @param isUneven whether every second node keeps its whole log, so that it can bring those up who
 *     would need a snapshot from the others
 * @param clockOffPpmMax how far a clock's rate is off at most, as long as nothing is wrong with it
 */
record SimConfig(
    int nodes,
    RaftConfig raft,
    SnapshotConfig snapshots,
    LogConfig log,
    RaftNodeConfig.Limits limits,
    ReplicationLimits replication,
    Threads threads,
    long flushMillisMax,
    int ringChangesMax,
    SimNetwork.Style network,
    boolean isUneven,
    long clockOffPpmMax) {

  /**
   * How long work waits for its thread at most, in nanoseconds; one turn in {@code stallEvery} of
   * those that may meet a slow disk waits longer, up to one of the stalls.
   */
  record Threads(long raft, long log, long apply, long snapshots, int stallEvery) {
    static final long DISK_STALL_NANOS = 200 * MILLISECOND;
    static final long APPLY_STALL_NANOS = 50 * MILLISECOND;

    /** Of a turn of the snapshots' thread. */
    long snapshotsOnAverage() {
      return (snapshots + DISK_STALL_NANOS / stallEvery) / 2;
    }
  }

  private static final int UNEVEN_EVERY = 2;
  private static final RaftConfig.Compaction KEEPS_ALL =
      new RaftConfig.Compaction(100_000, 1 << 30, 0);
  private static final Duration TICK = RaftNodeConfig.DEFAULT_TICK;

  /** What a run's state comes to at most, and a key of it, which is never cut. */
  private static final long STATE_BYTES = 256 << 10;

  /** Of one node, whose rate they share. */
  private static final long FETCHES_AT_ONCE = 4;

  private static final long STATE_KEY_BYTES = 100;
  private static final long ROUND_TRIP_NANOS = 20 * MILLISECOND;

  /** Draws the numbers of one run. */
  static SimConfig draw(RandomGenerator random) {
    var draw = new Draw(random);
    int nodes = draw.nodes();
    var raft = new RaftConfig(draw.timing(), draw.flow(), draw.compaction(), draw.promotion());
    return new SimConfig(
        nodes,
        raft,
        draw.snapshots(),
        draw.log(),
        draw.limits(raft.flow()),
        draw.replication(),
        draw.threads(),
        draw.flushMillisMax(),
        (int) draw.of(64, 1, 8, 10_000),
        draw.network(),
        random.nextInt(UNEVEN_EVERY) == 0,
        draw.of(1_000, 0, 20_000, 50_000));
  }

  /**
   * The same with a guard against mass expiry: in half of the runs none that anything reaches, in
   * the others one that a dozen leases engage and that ends soon.
   *
   * @param own random numbers of nothing else: the others stay what they were
   */
  SimConfig guarded(RandomGenerator own) {
    var guard =
        own.nextBoolean()
            ? GuardLimits.NEVER
            : new GuardLimits(
                Duration.ofSeconds(own.nextLong(2, 10)),
                own.nextInt(3, 8),
                15,
                own.nextInt(4) == 0 ? 400 : 1,
                Duration.ofSeconds(own.nextLong(6, 15)));
    return with(replication.withGuard(guard));
  }

  /**
   * The same with a change log that loses its beginning: in half of the runs only what nobody asks
   * for in such a short life, in the others so early that much is asked for in vain.
   *
   * @param own as of {@link #guarded}
   */
  SimConfig compacting(RandomGenerator own) {
    if (own.nextBoolean()) {
      return this;
    }
    var changeLog =
        new ChangeLogRetention(
            own.nextLong(8_000),
            1 + own.nextLong(own.nextBoolean() ? 40 : 400),
            own.nextInt(3) == 0 ? 8 << 10 : 1 << 30);
    return with(replication.withChangeLog(changeLog));
  }

  /** Whether the registry may forget who left sooner than those who repeat themselves. */
  boolean forgets() {
    return !replication.changeLog().equals(ChangeLogRetention.DEFAULT);
  }

  private SimConfig with(ReplicationLimits other) {
    return new SimConfig(
        nodes,
        raft,
        snapshots,
        log,
        limits,
        other,
        threads,
        flushMillisMax,
        ringChangesMax,
        network,
        isUneven,
        clockOffPpmMax);
  }

  /** How long the guard may hold the silent beyond their time. */
  long guardNanosMax() {
    var guard = replication.guard();
    return guard.equals(GuardLimits.NEVER)
        ? 0
        : guard.window().plus(guard.engagedMax()).multipliedBy(2).toNanos();
  }

  RaftNodeConfig node(NodeId id) {
    var own =
        keepsAll(id)
            ? new RaftConfig(raft.timing(), raft.flow(), KEEPS_ALL, raft.promotion())
            : raft;
    return new RaftNodeConfig(id, own, TICK, limits, snapshots);
  }

  /** Whether this node cuts its log only when it must. */
  boolean keepsAll(NodeId id) {
    return isUneven && id.low() % 2 == 0;
  }

  /** A rate for a clock with which nothing is wrong. */
  long clockPpm(RandomGenerator random) {
    return SimClock.EXACT + random.nextLong(-clockOffPpmMax, clockOffPpmMax + 1);
  }

  long electionTimeoutNanos() {
    return raft.timing().electionTimeoutTicks() * TICK.toNanos();
  }

  /** Whether followers and fetches keep up with clients that write. */
  boolean keepsUp() {
    return raft.flow().appendBytesMax() >= 2 << 10
        && raft.flow().uncommittedBytesMax() >= 1 << 20
        && snapshots.chunkBytesMax() >= 1 << 10
        && snapshots.bytesPerSecondMax() >= 1 << 20
        && threads.log <= 2_000_000
        && threads.apply <= 100_000
        && threads.raft <= 60_000
        && threads.snapshots <= 5_000_000;
  }

  /**
   * Whether nobody takes a slow thread for a dead node: then a leader that was elected in peace
   * stays one.
   */
  boolean isSteady() {
    long slowest = Math.max(threads.raft, 100 * Math.max(threads.log, threads.apply));
    long stallNanos = raft.timing().diskStallTicks() * TICK.toNanos();
    return 3 * slowest < Math.min(electionTimeoutNanos(), stallNanos) && clockOffPpmMax <= 1_000;
  }

  /**
   * Within which peace must bring each step that is waited for: a dozen elections that fail, a
   * snapshot that is given up once and then fetched, the longest silence of a store between two
   * flushes, and some time for what has piled up.
   */
  long peaceNanosMax() {
    long elections = 24 * electionTimeoutNanos();
    long fetches = 2 * snapshots.answerTimeout().multipliedBy(snapshots.patience()).toNanos();
    long pieces = STATE_BYTES / Math.max(STATE_KEY_BYTES, snapshots.chunkBytesMax());
    // Twice: the log may be cut meanwhile behind what the first one ends with.
    fetches += 2 * pieces * (ROUND_TRIP_NANOS + 2 * threads.snapshotsOnAverage());
    fetches += FETCHES_AT_ONCE * STATE_BYTES * SECOND / snapshots.bytesPerSecondMax();
    long promotion = 4L * raft.promotion().ticks() * TICK.toNanos();
    return 10 * SECOND + elections + fetches + promotion + flushMillisMax * MILLISECOND;
  }

  /** How the numbers of one run are drawn. */
  private static final class Draw {
    private final RandomGenerator random;

    /** How seldom a number is unusual in this run: in some runs nearly all are. */
    private final int usualParts;

    /** Whether a state is fetched while its log is cut as fast as it can be. */
    private final boolean slowFetches;

    Draw(RandomGenerator random) {
      this.random = random;
      this.usualParts = 1 + random.nextInt(8);
      this.slowFetches = random.nextInt(8) == 0;
    }

    /** Mostly the first; else one of the others. */
    long of(long usual, long... unusual) {
      return random.nextInt(usualParts + 1) < usualParts
          ? usual
          : unusual[random.nextInt(unusual.length)];
    }

    int nodes() {
      return switch (random.nextInt(32)) {
        case 0 -> 1;
        case 1 -> 2;
        case 2 -> 4;
        case 3, 4, 5, 6 -> 5;
        case 7 -> 7;
        default -> 3;
      };
    }

    long flushMillisMax() {
      return slowFetches ? 600 : of(8_000, 600, 2_000, 30_000);
    }

    RaftConfig.Timing timing() {
      int heartbeat = (int) of(5, 1, 2, 8);
      return new RaftConfig.Timing(
          heartbeat,
          heartbeat * (int) of(8, 5, 6, 12),
          (int) of(25, 1, 5, 200),
          (int) of(50, 3, 10, 500),
          (int) of(80, 15, 40, 100_000));
    }

    RaftConfig.Flow flow() {
      return new RaftConfig.Flow(
          (int) of(16 << 10, 1, 300, 2 << 10, 1 << 20),
          (int) of(4, 1, 2, 64),
          of(1 << 20, 400, 2 << 10, 16 << 10),
          (int) of(64 << 10, 1, 1 << 10),
          of(8 << 10, 0, 500, 1 << 20));
    }

    RaftConfig.Compaction compaction() {
      if (slowFetches) {
        return new RaftConfig.Compaction(5, 0, 0);
      }
      return new RaftConfig.Compaction(
          (int) of(60, 0, 5, 400, 100_000),
          of(8 << 10, 0, 1 << 10, 1 << 20),
          of(32 << 10, 0, 2000));
    }

    RaftConfig.Promotion promotion() {
      int ticks = (int) of(5, 1, 40, 300);
      // Who writes all the time is seldom that long within a few entries.
      return new RaftConfig.Promotion(ticks > 40 ? 1_000 : (int) of(20, 3, 1_000), ticks);
    }

    SnapshotConfig snapshots() {
      int chunk = slowFetches ? 1 : (int) of(1 << 10, 1, 200, 64 << 10);
      long answer = of(300, 80, 1_500);
      long rate = Math.max(of(1 << 20, 20 << 10, 1 << 30), chunk * 4_000L / answer);
      // A state in many pieces is never fetched with little patience, nor within a short life.
      boolean isLong = chunk <= 1 << 10;
      boolean isSlow = chunk <= 200 || rate < 100 << 10;
      long idle = chunk <= 200 ? of(2_000, 10_000) : of(2_000, 200, 10_000);
      return new SnapshotConfig(
          chunk,
          rate,
          Duration.ofMillis(answer),
          (int) (isLong ? of(5, 20) : of(5, 1, 2, 20)),
          Duration.ofMillis(Math.max(2 * answer, idle)),
          Duration.ofSeconds(isSlow ? 60 : of(20, 10, 60)),
          Duration.ofMillis(slowFetches ? 20 : of(200, 20, 1_500)));
    }

    LogConfig log() {
      return new LogConfig(of(16 << 10, 1 << 10, 4 << 10, 256 << 10), (int) of(4 << 10, 1, 300));
    }

    RaftNodeConfig.Limits limits(RaftConfig.Flow flow) {
      return new RaftNodeConfig.Limits(
          (int) of(65_536, 16, 100),
          of(48L << 20, 4 << 10),
          (int) of(262_144, 16, 64),
          (int) of(16_384, 16, 200),
          // What is larger than the inbox never comes in.
          Math.max(of(64L << 20, 8 << 10), 2L * flow.appendBytesMax()));
    }

    ReplicationLimits replication() {
      return new ReplicationLimits(
          (int) of(50_000, 16, 32),
          of(64L << 20, 8 << 10),
          Duration.ofMillis(of(1_000, 100, 4_000)),
          (int) of(4, 1, 20));
    }

    Threads threads() {
      return new Threads(
          of(60_000, 6_000, 1_000_000),
          of(2_000_000, 200_000, 10_000_000),
          of(100_000, 10_000, 5_000_000),
          of(5_000_000, 100_000, 20_000_000),
          (int) of(100, 20, 1_000));
    }

    SimNetwork.Style network() {
      boolean hasStreams = random.nextInt(5) < 2;
      return new SimNetwork.Style(hasStreams, (int) of(4_096, 16, 200), (int) of(200, 0, 20, 40));
    }
  }
}
