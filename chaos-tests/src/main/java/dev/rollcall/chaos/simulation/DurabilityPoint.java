package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.raft.log.fake.MemoryDisk.Step;
import dev.rollcall.store.fake.MemoryOrderedStore;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A moment that separates what is durable from what is not yet: the power may end right before it,
 * or right after it and before the process knows. After a force is between a force and the
 * acknowledgement that rests on it.
 */
enum DurabilityPoint {
  BEFORE_CREATE(Step.CREATE, false),
  AFTER_CREATE(Step.CREATE, true),
  BEFORE_WRITE(Step.WRITE, false),
  AFTER_WRITE(Step.WRITE, true),
  BEFORE_FORCE(Step.FORCE, false),
  AFTER_FORCE(Step.FORCE, true),
  BEFORE_RENAME(Step.RENAME, false),
  AFTER_RENAME(Step.RENAME, true),
  BEFORE_DELETE(Step.DELETE, false),
  AFTER_DELETE(Step.DELETE, true),
  BEFORE_DIRECTORY_FORCE(Step.FORCE_DIRECTORY, false),
  AFTER_DIRECTORY_FORCE(Step.FORCE_DIRECTORY, true),
  BEFORE_STATE_WRITE(MemoryOrderedStore.Step.WRITE, false),
  AFTER_STATE_WRITE(MemoryOrderedStore.Step.WRITE, true),
  BEFORE_STATE_FLUSH(MemoryOrderedStore.Step.FLUSH, false),
  AFTER_STATE_FLUSH(MemoryOrderedStore.Step.FLUSH, true),
  BEFORE_SNAPSHOT_STAGE(MemoryOrderedStore.Step.STAGE, false),
  BEFORE_SNAPSHOT_SWITCH(MemoryOrderedStore.Step.SWITCH, false),
  BEFORE_SNAPSHOT_SWITCH_FORCE(MemoryOrderedStore.Step.FORCE_SWITCH, false),
  AFTER_SNAPSHOT_SWITCH_FORCE(MemoryOrderedStore.Step.FORCE_SWITCH, true);

  /** Nodes come to these now and then only. */
  static final List<DurabilityPoint> RARE =
      List.of(
          BEFORE_CREATE,
          AFTER_CREATE,
          BEFORE_DELETE,
          AFTER_DELETE,
          BEFORE_SNAPSHOT_STAGE,
          BEFORE_SNAPSHOT_SWITCH,
          BEFORE_SNAPSHOT_SWITCH_FORCE,
          AFTER_SNAPSHOT_SWITCH_FORCE);

  private final Optional<Step> ofLog;
  private final Optional<MemoryOrderedStore.Step> ofState;
  private final boolean isAfter;

  DurabilityPoint(Step step, boolean isAfter) {
    this.ofLog = Optional.of(step);
    this.ofState = Optional.empty();
    this.isAfter = isAfter;
  }

  DurabilityPoint(MemoryOrderedStore.Step step, boolean isAfter) {
    this.ofLog = Optional.empty();
    this.ofState = Optional.of(step);
    this.isAfter = isAfter;
  }

  /** Has everything fail from this point on, the next time it is reached. */
  void endPower(MemoryDisk log, MemoryOrderedStore state) {
    ofLog.ifPresent(step -> log.endPowerAt(step, isAfter));
    ofState.ifPresent(step -> state.failAt(step, isAfter));
  }

  /** For reports. */
  String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
