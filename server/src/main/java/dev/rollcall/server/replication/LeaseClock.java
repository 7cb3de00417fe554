package dev.rollcall.server.replication;

/**
 * Lease time: how long this node has led, with a quorum, awake. Stopped → running ({@link #start})
 * → stopped ({@link #stop}); never goes back. While it runs, each confirmation of leadership moves
 * it by the time since the one before, and by {@link #STEP_NANOS_MAX} at most: after a pause of the
 * process, a jump of the clock or a time without quorum leases are where they were, within one
 * step. It never runs faster than the node's clock. Apply thread only.
 */
final class LeaseClock {
  /** Two heartbeats: what may pass between two confirmations without anything being wrong. */
  static final long STEP_NANOS_MAX = 200_000_000;

  private boolean isRunning;
  private long atNanos;
  private long confirmedNanos;

  /** Leadership began. */
  void start(long nowNanos) {
    isRunning = true;
    atNanos = nowNanos;
  }

  /** Leadership was confirmed. */
  void confirmed(long nowNanos) {
    if (isRunning) {
      confirmedNanos += stepNanos(nowNanos);
      atNanos = nowNanos;
    }
  }

  /** Leadership ended. */
  void stop() {
    isRunning = false;
  }

  /** The lease time by which leases lapse: as of the last confirmation. */
  long confirmedNanos() {
    return confirmedNanos;
  }

  /**
   * The lease time from which a TTL is counted: what {@link #confirmedNanos} would become if
   * leadership were confirmed now. Counting from the last confirmation instead would cut a step off
   * the TTL.
   */
  long presentNanos(long nowNanos) {
    return isRunning ? confirmedNanos + stepNanos(nowNanos) : confirmedNanos;
  }

  private long stepNanos(long nowNanos) {
    return Math.clamp(nowNanos - atNanos, 0, STEP_NANOS_MAX);
  }
}
