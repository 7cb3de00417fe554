package dev.rollcall.server.replication;

/** Why the {@link Registry} could not do what was asked. All but one say: nothing was executed. */
public enum Failure {
  /** No leader with a quorum was found before the deadline; nothing was executed. */
  NO_QUORUM,
  /** As much is in flight as the limits allow; nothing was executed. Try again later. */
  OVERLOADED,
  /** The leader's disk is nearly full and takes no registrations; nothing was executed. */
  DISK_LOW,
  /**
   * A write was handed to a leader and its outcome was not heard before the deadline: it may have
   * been executed, may be executed later, or never.
   */
  INDETERMINATE,
  /** This node's state is not as fresh as the read asked for. */
  TOO_FAR_BEHIND,
  /**
   * This node is starting (it has not yet applied what its log is known to have committed) or
   * stopping; nothing was executed.
   */
  NOT_READY
}
