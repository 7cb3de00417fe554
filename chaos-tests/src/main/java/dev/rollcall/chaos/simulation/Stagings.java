package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import dev.rollcall.chaos.simulation.Observation.SnapshotKept;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.driver.SnapshotStaging;
import java.util.LinkedHashSet;
import java.util.Set;

/** The snapshots that a node receives in one life, each until it is let go of. */
final class Stagings {
  /** Several turns of a thread that does not stand still. */
  private static final long KEPT_NANOS_MAX = 3 * SECOND;

  private final SimNode node;
  private final VirtualTime time;
  private final World world;
  private final Set<Staging> open = new LinkedHashSet<>();

  Stagings(SimNode node, VirtualTime time, World world) {
    this.node = node;
    this.time = time;
    this.world = world;
  }

  SnapshotStaging begun(SnapshotStaging staging) {
    var begun = new Staging(staging);
    open.add(begun);
    return begun;
  }

  /** The node's state becomes this one; as the state machine knows it. */
  SnapshotStaging installed(SnapshotStaging staged) {
    Staging installed = (Staging) staged;
    installed.isInstalled = true;
    return installed.staging;
  }

  /** Whether nothing is kept but what the node uses; that is, until an entry follows on it. */
  boolean areInUse() {
    return open.stream().allMatch(staging -> staging.isInstalled);
  }

  /** Shows the world what is kept although it is of no use; every few seconds. */
  void look(long lastApplied) {
    for (Staging staging : open) {
      if (staging.isUselessAt(lastApplied)) {
        long since = Math.max(staging.sinceUseless(), node.slowUntilNanos());
        if (time.nowNanos() - since > KEPT_NANOS_MAX) {
          world.see(new SnapshotKept(node.number(), staging.start().previous().index()));
        }
      }
    }
  }

  private final class Staging implements SnapshotStaging {
    private final SnapshotStaging staging;
    private boolean isWhole;
    private boolean isInstalled;
    private long seenUselessNanos;

    Staging(SnapshotStaging staging) {
      this.staging = staging;
    }

    boolean isUselessAt(long lastApplied) {
      return isWhole && !isInstalled && start().previous().index() <= lastApplied;
    }

    long sinceUseless() {
      if (seenUselessNanos == 0) {
        seenUselessNanos = time.nowNanos();
      }
      return seenUselessNanos;
    }

    @Override
    public LogStart start() {
      return staging.start();
    }

    @Override
    public void add(Payload bytes) {
      staging.add(bytes);
    }

    @Override
    public void finish() {
      staging.finish();
      isWhole = true;
    }

    @Override
    public void close() {
      if (isWhole && !isInstalled) {
        world.totals().marks.hit(Mark.SNAPSHOT_NOT_NEEDED);
      }
      open.remove(this);
      staging.close();
    }
  }
}
