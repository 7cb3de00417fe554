package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import dev.rollcall.raft.bootstrap.Admission;
import dev.rollcall.raft.bootstrap.Bootstrap;
import dev.rollcall.raft.bootstrap.BootstrapConfig;
import dev.rollcall.raft.bootstrap.BootstrapRefused;
import dev.rollcall.raft.bootstrap.BootstrapRefused.Reason;
import dev.rollcall.raft.bootstrap.Founded;
import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogFailure;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Loss;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A machine on which a node starts for the first time, until it is founded: two disks, and perhaps
 * a process, which asks the others in rounds as {@link Bootstrap#run} does.
 */
final class FoundingMachine {
  private static final LogConfig LOG = new LogConfig(4096, 1024);
  private static final long ASKING_MAX_NANOS = 1000 * MILLISECOND;
  private static final long RETRY_NANOS = 200 * MILLISECOND;

  private final BootstrapSimulation world;
  private final RandomGenerator random;
  private final int number;
  private BootstrapConfig config;
  private MemoryDisk directory;
  private MemoryDisk logDirectory;
  private @Nullable Bootstrap process;
  private @Nullable Founded founded;
  private @Nullable Founded foundedOnThisDisk;
  private Optional<Reason> refusal = Optional.empty();

  FoundingMachine(
      BootstrapSimulation world, RandomGenerator random, int number, BootstrapConfig config) {
    this.world = world;
    this.random = random;
    this.number = number;
    this.config = config;
    directory = newDisk();
    logDirectory = newDisk();
  }

  private MemoryDisk newDisk() {
    return new MemoryDisk(new SplittableRandom(random.nextLong()));
  }

  static LogConfig log() {
    return LOG;
  }

  int number() {
    return number;
  }

  boolean isUp() {
    return process != null;
  }

  /** What its node was founded as, or let in as, if it was since the disks are these. */
  Optional<Founded> belongs() {
    return Optional.ofNullable(foundedOnThisDisk);
  }

  /** Whether the node is ready to serve. */
  boolean isFounded() {
    return founded != null;
  }

  /** Why the last start was refused; empty when it was not. */
  Optional<Reason> refusal() {
    return refusal;
  }

  /** From the next start on. */
  void configure(BootstrapConfig next) {
    config = next;
  }

  /** What the node says of itself; empty while it is down. */
  Optional<Introduction> introduction() {
    return Optional.ofNullable(process).map(Bootstrap::introduction);
  }

  void start() {
    if (process != null) {
      return;
    }
    refusal = Optional.empty();
    guarded(() -> {
      Bootstrap opened = Bootstrap.open(directory, logDirectory, config, random);
      process = opened;
      world.rules().says(opened.introduction());
      round(opened);
    });
  }

  /** The process ends, or the machine loses its power: whatever was not forced may be gone. */
  void crash(Loss loss) {
    stop();
    directory.crash(loss);
    logDirectory.crash(loss);
  }

  private void stop() {
    process = null;
    founded = null;
  }

  /** Another machine takes its place, or somebody empties both directories. */
  void wipe() {
    stop();
    forgetLog();
    directory = newDisk();
    logDirectory = newDisk();
    foundedOnThisDisk = null;
  }

  /** The disk of the log is lost, and that of the identity is not. */
  void wipeLog() {
    stop();
    forgetLog();
    logDirectory = newDisk();
    foundedOnThisDisk = null;
  }

  private void forgetLog() {
    belongs().ifPresent(gone -> world.rules().logLost(gone.identity().nodeId()));
  }

  void endPowerAfter(int operations, boolean ofLog) {
    (ofLog ? logDirectory : directory).endPowerAfter(operations);
  }

  /** Takes back a power cut that has not come. */
  void mend() {
    directory.endPowerAfter(Long.MAX_VALUE / 2);
    logDirectory.endPowerAfter(Long.MAX_VALUE / 2);
  }

  /** A node introduces itself; the answer goes back unless this one is down. */
  Optional<Introduction> introduce(Introduction asker) {
    return Optional.ofNullable(process).map(it -> it.introduce(asker));
  }

  /** A leader says that the node is let in. */
  void admit(Admission admission) {
    if (process != null) {
      var unused = process.admit(admission);
    }
  }

  private void round(Bootstrap asking) {
    var answers = new HashMap<String, Introduction>();
    List<String> addresses = asking.toAsk();
    for (String address : addresses) {
      world.ask(this, address, asking.introduction(), it -> answers.put(address, it));
    }
    long patience = addresses.isEmpty() ? 0 : random.nextLong(2 * MILLISECOND, ASKING_MAX_NANOS);
    world
        .time()
        .after(
            patience,
            () -> {
              if (process == asking) {
                guarded(() -> turn(asking, answers));
              }
            });
  }

  private void turn(Bootstrap turned, Map<String, Introduction> answers) {
    Optional<Founded> done = turned.turn(answers);
    world.rules().says(turned.introduction());
    if (done.isPresent()) {
      founded = done.get();
      foundedOnThisDisk = done.get();
      world.rules().founded(done.get(), turned.introduction());
      world.founded();
      return;
    }
    world
        .time()
        .after(
            random.nextLong(RETRY_NANOS),
            () -> {
              if (process == turned) {
                guarded(() -> round(turned));
              }
            });
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (LogFailure e) {
      crash(Loss.SOME);
    } catch (BootstrapRefused e) {
      if (e.reason() == Reason.DISK) {
        crash(Loss.SOME);
      } else {
        stop();
        refusal = Optional.of(e.reason());
      }
    }
  }

  /** Node id of the directory, of a process that runs. */
  Optional<NodeId> nodeId() {
    return introduction().map(Introduction::nodeId);
  }
}
