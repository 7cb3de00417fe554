package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.chaos.simulation.Observation.Crashed;
import dev.rollcall.chaos.simulation.Observation.LogRead;
import dev.rollcall.chaos.simulation.Observation.LogReopened;
import dev.rollcall.chaos.simulation.Observation.Started;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.Applier;
import dev.rollcall.raft.driver.LogWriter;
import dev.rollcall.raft.driver.Part;
import dev.rollcall.raft.driver.Snapshots;
import dev.rollcall.raft.driver.StateDiverged;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.CorruptLog;
import dev.rollcall.raft.log.Disk;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogFailure;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.store.OrderedStore.StorageFailure;
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
  private final FaultyDisk faults;
  private final LogIdentity identity;

  private MemoryOrderedStore rows = new MemoryOrderedStore();
  private @Nullable SegmentedLog log;
  private @Nullable SimLife life;
  private @Nullable Configuration configuration;
  private EntryId durableForSure = EntryId.NONE;
  private long configurationForSure;

  /** The last index that the log showed in the life before. */
  private long lastShown = Long.MAX_VALUE;

  private boolean isRetired;
  private boolean isLost;
  private boolean isStateWrong;
  private long pausedUntilNanos;
  private long diskStalledUntilNanos;
  private long applyStalledUntilNanos;
  private long snapshotsStalledUntilNanos;
  private int slowness = 1;
  private long slowUntilNanos;
  private boolean powerEnds;
  private boolean isWriteAwaited; // by a crash in the middle of it
  private Runnable rowsStruck = () -> {};
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
    this.faults = new FaultyDisk(disk);
    this.identity = new LogIdentity(new ClusterId(1, 1), new HistoryId(2, 2), id, 0);
  }

  /** Makes it one of the first members. */
  void found(Configuration first) {
    configuration = first;
    log = SegmentedLog.create(disk, identity, cluster.config().log(), first);
  }

  /** Lets it in: from now on it is a member, with nothing yet. */
  void join(LogStart start) {
    if (!hasLog() && !isRetired && !isLost) {
      configuration = start.configuration().configuration();
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

  /** Whether its disk is lost, known to be so, and the machine off. */
  boolean isLost() {
    return isLost;
  }

  /** Whether its disk is damaged, noticed or not. */
  boolean isDamaged() {
    return faults.isDamaged();
  }

  /** From now on its state is not what the log says, until it is replaced. */
  void spoilState() {
    isStateWrong = true;
  }

  /** A snapshot took the place of its state. */
  void stateReplaced() {
    isStateWrong = false;
  }

  boolean isStateWrong() {
    return isStateWrong;
  }

  /** Whether nothing that it should have is lost or spoiled, as far as the world did it. */
  boolean isWhole() {
    return !isLost && !isStateWrong && !isDamaged();
  }

  /** What can go wrong with its disk. */
  FaultyDisk faultyDisk() {
    return faults;
  }

  /** What it takes, or took when it ran last, for the configuration in force. */
  Configuration configuration() {
    return life == null
        ? Objects.requireNonNull(configuration, "the node was never part of a cluster")
        : life.status().configuration();
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

  /**
   * The log of the life that runs, or of the last one: as much of the disk as was durable then. Of
   * a disk that was damaged or lost since it is what was there before.
   */
  SegmentedLog log() {
    return Objects.requireNonNull(log, "the node was never part of a cluster");
  }

  /** Whether the disk holds this entry, or the state that it led to where the log begins later. */
  boolean holds(EntryId id) {
    return hasLog()
        && (id.index() < log().firstIndex()
            || (id.index() <= log().lastIndex() && log().term(id.index()) == id.term()));
  }

  @Nullable SimLife life() {
    return life;
  }

  SimLife requireLife() {
    return Objects.requireNonNull(life, "the node is down");
  }

  /**
   * Index of the configuration that was in force when the last life ended, if that is on the disk
   * for sure; else 0.
   */
  long configurationForSure() {
    return isDamaged() ? 0 : configurationForSure;
  }

  /** Whether it runs and has applied again what it knew to be committed. */
  boolean isUp() {
    return life != null && life.registry().node().replayed().isDone();
  }

  void startIfDown() {
    if (life == null && hasLog() && !isRetired && !isLost) {
      cluster.world().see(new Started(number));
      faults.forget();
      try {
        var opened = SegmentedLog.open(watched(), identity, cluster.config().log());
        log = opened;
        if (opened.lastIndex() > lastShown) {
          cluster.world().totals().marks.hit(Mark.UNFORCED_WRITE_SURVIVED);
        }
        long differsAt = isDamaged() ? 0 : LogOnDisk.of(disk).differsAt(opened);
        boolean isThere = holds(durableForSure);
        cluster.world().see(new LogReopened(number, durableForSure, isThere, differsAt));
        life = new SimLife(this, cluster, random, opened, rows);
      } catch (LogFailure | CorruptLog | StorageFailure e) {
        failed(e);
        return;
      }
      life.begin();
    }
  }

  private Disk watched() {
    return new WatchedDisk(disk, cluster.world().totals().marks);
  }

  /** Stops its threads for a while, as a collector or a hypervisor does; its clocks go on. */
  void pause(long nanos) {
    pausedUntilNanos = time.nowNanos() + nanos;
  }

  /** Lets no write to the log be done for a while. */
  void stallDisk(long nanos) {
    diskStalledUntilNanos = time.nowNanos() + nanos;
  }

  /** Lets nothing be applied for a while, and no snapshot be received for another. */
  void stallState(long applyNanos, long snapshotNanos) {
    applyStalledUntilNanos = time.nowNanos() + applyNanos;
    snapshotsStalledUntilNanos = time.nowNanos() + snapshotNanos;
  }

  /** Ends pauses and stalls, and lets the disk work; damage stays. */
  void goOn() {
    faults.heal();
    pausedUntilNanos = 0;
    slowUntilNanos = 0;
    diskStalledUntilNanos = 0;
    applyStalledUntilNanos = 0;
    snapshotsStalledUntilNanos = 0;
  }

  boolean isPaused() {
    return time.nowNanos() < pausedUntilNanos;
  }

  /** When a part may run again at the earliest. */
  long notBeforeNanos(Part part) {
    long stalledUntilNanos =
        switch (part) {
          // What is written, the operating system takes; a force waits.
          case LogWriter log -> log.forcesNext() && !isWriteAwaited ? diskStalledUntilNanos : 0;
          case Applier<?> apply -> applyStalledUntilNanos;
          case Snapshots snapshots -> snapshotsStalledUntilNanos;
          default -> 0;
        };
    return Math.max(pausedUntilNanos, stalledUntilNanos);
  }

  /** Until when it has been held up on purpose. */
  long slowUntilNanos() {
    return Math.max(
        Math.max(pausedUntilNanos, slowUntilNanos),
        Math.max(applyStalledUntilNanos, snapshotsStalledUntilNanos));
  }

  /** Lets everything the node does take so many times longer for a while. */
  void slowDown(int factor, long nanos) {
    slowness = factor;
    slowUntilNanos = time.nowNanos() + nanos;
  }

  /** How many times longer things take. */
  int slowness() {
    return time.nowNanos() < slowUntilNanos ? slowness : 1;
  }

  /** Loses its power between two events. */
  void crash() {
    if (life != null) {
      look();
      die(true, certain());
    } else if (hasLog() && !isLost) {
      disk.crash(MemoryDisk.Loss.SOME);
    }
  }

  /** Its process is killed between two events; the machine runs on. */
  void kill() {
    if (life != null) {
      look();
      die(false, certain());
    }
  }

  /** Its disk is gone for good, and this node with it: the operator has to replace it. */
  void wipe() {
    crash();
    isLost = true;
  }

  private void die(boolean losesPower, EntryId certain) {
    configurationForSure = 0;
    if (life != null) {
      configuration = configuration();
      EntryId entry = life.watch().configurationEntry(life.status().configurationIndex());
      boolean isDurable = entry.index() <= certain.index() && holds(entry);
      configurationForSure = isDurable ? entry.index() : 0;
    }
    life = null;
    durableForSure = certain;
    lastShown = log().lastIndex();
    powerEnds = false;
    isWriteAwaited = false;
    var totals = cluster.world().totals();
    totals.crashes++;
    disk.crash(MemoryDisk.Loss.NOTHING); // the process is gone; what does its disk show?
    if (losesPower) {
      var before = DiskImage.of(disk);
      disk.crash(random.nextInt(4) == 0 ? MemoryDisk.Loss.EVERYTHING : MemoryDisk.Loss.SOME);
      if (!before.equals(DiskImage.of(disk))) {
        totals.crashesLosingData++;
      }
    }
    rows = rows.crash(random);
    cluster.world().see(new Crashed(number));
    cluster.network().gone(number);
  }

  /** The last entry that the log shows and that no write under way may be replacing. */
  private EntryId certain() {
    long last =
        life == null
            ? log().lastIndex()
            : Math.min(log().lastIndex(), life.watch().unwrittenFrom() - 1);
    long index = Math.max(log().firstIndex() - 1, last);
    return new EntryId(log().term(index), index);
  }

  /** Compares what the log shows with what is on the disk. */
  void look() {
    boolean isDamaged = isDamaged();
    EntryId believed = certain();
    long lastIndex = 0;
    long term = 0;
    if (!isDamaged) {
      var there = LogOnDisk.of(disk);
      lastIndex = there.lastIndex();
      term = there.term(believed.index());
    }
    boolean isWriting = requireLife().watch().unwrittenFrom() <= believed.index() + 1;
    cluster.world().see(new LogRead(number, believed, lastIndex, term, isWriting, isDamaged));
  }

  /** Loses its power in the middle of the disk operation that is so many away. */
  void crashAtDiskOperation(int operationsMore, Runnable afterwards) {
    if (life != null) {
      disk.endPowerAfter(operationsMore);
      powerEnds = true;
      isWriteAwaited = true;
      afterPowerLoss = afterwards;
    }
  }

  /** Loses its power the next time that it comes to such a point. */
  void crashAt(DurabilityPoint point, Runnable afterwards) {
    if (life != null) {
      point.endPower(disk, rows);
      powerEnds = true;
      afterPowerLoss =
          () -> {
            cluster.world().totals().powerLost(point);
            afterwards.run();
          };
    }
  }

  /** Whether {@link #crashAtDiskOperation} or {@link #crashAt} has planned something. */
  boolean isCrashPlanned() {
    return powerEnds;
  }

  /**
   * Takes back what {@link #crashAtDiskOperation} and {@link #crashAt} have planned. Where the
   * power is off already, and the log has not noticed because it takes an error in making a spare
   * for want of room, this is the crash.
   */
  void crashNoMore() {
    if (life != null && powerEnds && (!disk.hasPower() || rows.hasFailed())) {
      die(true, EntryId.NONE);
      afterPowerLoss.run();
    }
    disk.keepPower();
    rows.failNoMore();
    powerEnds = false;
    isWriteAwaited = false;
  }

  /**
   * A part of the process has failed. When the nemesis has pulled the plug this is the crash. When
   * it lets the disk fail the process ends and its supervisor starts it again. When the log is
   * found damaged, and was, the operator is called. Else the failure is the node's own.
   */
  void failed(RuntimeException failure) {
    if (powerEnds && (!disk.hasPower() || rows.hasFailed())) {
      die(true, EntryId.NONE);
      afterPowerLoss.run();
    } else if (failure instanceof CorruptLog && isDamaged()) {
      die(false, EntryId.NONE);
      isLost = true;
      cluster.world().totals().damageFound++;
    } else if (failure instanceof StateDiverged && mayDiverge()) {
      die(false, EntryId.NONE);
      isLost = isStateWrong;
      if (!isLost) {
        restartLater();
      }
    } else if (faults.tookProcess() || rowsFail()) {
      die(false, EntryId.NONE);
      restartLater();
    } else {
      throw failure;
    }
  }

  private void restartLater() {
    time.after(random.nextLong(50, 3000) * MILLISECOND, this::startIfDown);
  }

  /**
   * A wrong state must be found, and none that is right, unless so few were up that nobody could
   * tell: then an operator who knows lets the right ones go on.
   */
  private boolean mayDiverge() {
    return isStateWrong
        || (requireLife().watch().isDisputed()
            && cluster.nodes().stream().anyMatch(SimNode::isStateWrong));
  }

  private boolean rowsFail() {
    if (rows.hasFailed()) {
      rowsStruck.run();
      return true;
    }
    return false;
  }

  /**
   * Lets the next step of the state's disk fail.
   *
   * @param whenStruck run when the process has stopped for it
   */
  void failState(MemoryOrderedStore.Step step, Runnable whenStruck) {
    rows.failAt(step, false);
    rowsStruck = whenStruck;
  }
}
