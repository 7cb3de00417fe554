package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.LogStart;
import java.util.Optional;

/**
 * What comes back to the raft loop from the disk and from the state machine: how far each has got.
 * Marks only rise, so a later one stands for all before it, nothing queues and none is ever
 * dropped. Each has one writing thread.
 */
final class Marks {
  private final Bell bell;
  private volatile long persisted;
  private volatile long applied;
  private volatile long compactable;
  private volatile Optional<LogStart> installed = Optional.empty();

  Marks(Bell bell, long applied) {
    this.bell = bell;
    this.applied = applied;
  }

  /** Log writer: all writes up to this sequence are durable. */
  void persistedUpTo(long sequence) {
    persisted = sequence;
    bell.ring();
  }

  /** Applier: everything up to this index is applied. */
  void appliedUpTo(long index) {
    applied = index;
    bell.ring();
  }

  /**
   * Applier: the state machine has switched to a snapshot; comes before the mark of what it applied
   * by that, so who sees that one sees this one.
   */
  void installed(LogStart start) {
    installed = Optional.of(start);
    bell.ring();
  }

  /** Snapshots: the log is not needed any more up to this index. */
  void compactableUpTo(long index) {
    compactable = index;
    bell.ring();
  }

  long persisted() {
    return persisted;
  }

  long applied() {
    return applied;
  }

  long compactable() {
    return compactable;
  }

  /** The last install of this life of the node. */
  Optional<LogStart> installed() {
    return installed;
  }
}
