package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.driver.Part;
import dev.rollcall.raft.driver.StateDiverged;
import dev.rollcall.raft.log.CorruptLog;
import dev.rollcall.raft.log.LogFailure;
import dev.rollcall.store.OrderedStore.StorageFailure;
import java.util.function.LongSupplier;

/** Turns one part of a node whenever it has work or its time has come, each turn a little later. */
final class Turns {
  /** The life whose part is turned. */
  interface Owner {
    /** Whether the life goes on; what is planned for one that is over does not happen. */
    boolean isAlive();

    /** When the part may run again at the earliest: threads may be paused, disks may stall. */
    long notBeforeNanos(Part part);

    /** The part has done something. */
    void turned();

    /** The part has failed. */
    void failed(RuntimeException failure);
  }

  private static final long PAUSE_STEP_NANOS = 50 * VirtualTime.MILLISECOND;

  private final VirtualTime time;
  private final SimClock clock;
  private final Part part;
  private final LongSupplier latencyNanos;
  private final Owner owner;
  private boolean planned;
  private long alarmNanos = Long.MAX_VALUE;

  /**
   * @param clock by which the part is idle
   * @param latencyNanos from work to turn, drawn for each
   */
  Turns(VirtualTime time, SimClock clock, Part part, LongSupplier latencyNanos, Owner owner) {
    this.time = time;
    this.clock = clock;
    this.part = part;
    this.latencyNanos = latencyNanos;
    this.owner = owner;
    part.onWork(this::wake);
  }

  void wake() {
    if (!planned) {
      planned = true;
      time.after(latencyNanos.getAsLong(), this::turn);
    }
  }

  private void turn() {
    planned = false;
    if (!owner.isAlive()) {
      return;
    }
    long pauseNanos = owner.notBeforeNanos(part) - time.nowNanos();
    if (pauseNanos > 0) {
      planned = true;
      // In steps, since a pause may be ended early.
      time.after(Math.min(pauseNanos, PAUSE_STEP_NANOS), this::turn);
      return;
    }
    boolean worked;
    try {
      worked = part.runOnce();
    } catch (LogFailure | CorruptLog | StorageFailure | StateDiverged e) {
      owner.failed(e);
      return;
    }
    if (worked) {
      owner.turned();
      wake();
      return;
    }
    long idle = part.idleNanosMax();
    if (idle != Long.MAX_VALUE) {
      wakeAt(time.nowNanos() + Math.max(1, clock.delayNanos(idle)));
    }
  }

  private void wakeAt(long nanos) {
    if (alarmNanos <= nanos && alarmNanos > time.nowNanos()) {
      return;
    }
    alarmNanos = nanos;
    time.after(
        nanos - time.nowNanos(),
        () -> {
          if (owner.isAlive()) {
            wake();
          }
        });
  }
}
