package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Crashed;
import dev.rollcall.chaos.simulation.Observation.Started;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.LogWriter;
import dev.rollcall.raft.driver.Part;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogFailure;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.store.fake.MemoryOrderedStore;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node: a disk and rows that outlive it, and, while it runs, a life of the shipped classes over
 * them. The disk of the log and the rows of the store lose different things in a crash, as in
 * reality.
 */
final class SimNode {
  private final SimCluster cluster;
  private final VirtualTime time;
  private final RandomGenerator random;
  private final int number;
  private final NodeId id;
  private final SimClock clock;
  private final MemoryDisk disk;
  private final LogIdentity identity;

  private MemoryOrderedStore rows = new MemoryOrderedStore();
  private @Nullable SegmentedLog log;
  private @Nullable SimLife life;
  private boolean isRetired;
  private long pausedUntilNanos;
  private long diskStalledUntilNanos;
  private boolean powerEnds;
  private Runnable afterPowerLoss = () -> {};

  SimNode(SimCluster cluster, int number, RandomGenerator random) {
    this.cluster = cluster;
    this.time = cluster.time();
    this.random = random;
    this.number = number;
    this.id = SimCluster.idOf(number);
    this.clock =
        new SimClock(time, cluster.config().clockPpm(random), random.nextLong(-5000, 5000));
    this.disk = new MemoryDisk(new SplittableRandom(random.nextLong()));
    this.identity = new LogIdentity(new ClusterId(1, 1), new HistoryId(2, 2), id, 0);
  }

  /** Makes it one of the first members. */
  void found(Configuration first) {
    log = SegmentedLog.create(disk, identity, cluster.config().log(), first);
  }

  /** Lets it in: from now on it is a member, with nothing yet. */
  void join(LogStart start) {
    if (!hasLog() && !isRetired) {
      log =
          SegmentedLog.createFrom(disk, identity, cluster.config().log(), HardState.INITIAL, start);
      startIfDown();
    }
  }

  /** Takes the machine away for good. */
  void retire() {
    crash();
    isRetired = true;
  }

  boolean isRetired() {
    return isRetired;
  }

  int number() {
    return number;
  }

  NodeId id() {
    return id;
  }

  Member member() {
    return new Member(id, "peer-" + number, "client-" + number);
  }

  SimClock clock() {
    return clock;
  }

  boolean hasLog() {
    return log != null;
  }

  /** The log of the life that runs, or of the last one: as much of the disk as was durable then. */
  SegmentedLog log() {
    return Objects.requireNonNull(log, "the node was never part of a cluster");
  }

  @Nullable SimLife life() {
    return life;
  }

  SimLife requireLife() {
    return Objects.requireNonNull(life, "the node is down");
  }

  /** Whether it runs and has applied again what it knew to be committed. */
  boolean isUp() {
    return life != null && life.registry().node().replayed().isDone();
  }

  void startIfDown() {
    if (life == null && hasLog() && !isRetired) {
      cluster.world().see(new Started(number));
      try {
        var opened = SegmentedLog.open(disk, identity, cluster.config().log());
        log = opened;
        life = new SimLife(this, cluster, random, opened, rows);
      } catch (LogFailure e) {
        failed(e);
        return;
      }
      life.begin();
    }
  }

  /** Stops its threads for a while, as a collector or a hypervisor does; its clocks go on. */
  void pause(long nanos) {
    pausedUntilNanos = time.nowNanos() + nanos;
  }

  /** Lets no write to the log be done for a while. */
  void stallDisk(long nanos) {
    diskStalledUntilNanos = time.nowNanos() + nanos;
  }

  /** Ends pauses and stalls. */
  void goOn() {
    pausedUntilNanos = 0;
    diskStalledUntilNanos = 0;
  }

  boolean isPaused() {
    return time.nowNanos() < pausedUntilNanos;
  }

  /** When a part may run again at the earliest. */
  long notBeforeNanos(Part part) {
    boolean isStalled = part instanceof LogWriter && !powerEnds;
    return isStalled ? Math.max(pausedUntilNanos, diskStalledUntilNanos) : pausedUntilNanos;
  }

  /** Dies between two events. */
  void crash() {
    if (life != null) {
      die();
    }
  }

  private void die() {
    life = null;
    powerEnds = false;
    var totals = cluster.world().totals();
    totals.crashes++;
    disk.crash(MemoryDisk.Loss.NOTHING); // the process is gone; what does its disk show?
    var before = DiskImage.of(disk);
    disk.crash(random.nextInt(4) == 0 ? MemoryDisk.Loss.EVERYTHING : MemoryDisk.Loss.SOME);
    if (!before.equals(DiskImage.of(disk))) {
      totals.crashesLosingData++;
    }
    rows = rows.crash(random);
    cluster.world().see(new Crashed(number));
    cluster.network().gone(number);
  }

  /** Dies in the middle of the disk operation that is so many away. */
  void crashAtDiskOperation(int operationsMore, Runnable afterwards) {
    if (life != null) {
      disk.endPowerAfter(operationsMore);
      powerEnds = true;
      afterPowerLoss = afterwards;
    }
  }

  /** Takes back what {@link #crashAtDiskOperation} has planned. */
  void crashNoMore() {
    disk.endPowerAfter(Long.MAX_VALUE / 2);
    powerEnds = false;
  }

  /** The disk fails only when the nemesis has pulled the plug: then this is the crash. */
  void failed(LogFailure failure) {
    if (!powerEnds) {
      throw failure;
    }
    die();
    afterPowerLoss.run();
  }
}
