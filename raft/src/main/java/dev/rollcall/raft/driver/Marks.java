package dev.rollcall.raft.driver;

/**
 * What comes back to the raft loop from the disk and from the state machine: how far each has got.
 * Marks only rise, so a later one stands for all before it, nothing queues and none is ever
 * dropped. Each has one writing thread.
 */
final class Marks {
  private final Bell bell;
  private volatile long persisted;
  private volatile long applied;

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

  long persisted() {
    return persisted;
  }

  long applied() {
    return applied;
  }
}
