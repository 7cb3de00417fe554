package dev.rollcall.store.instance;

/** Why an effective status is what it is. */
public enum StatusCause {
  /** The instance reports it. */
  REPORTED,
  /** An operator overrides it. */
  OVERRIDE,
  /** The instance drains. */
  DRAINING,
  /** The instance terminates. */
  TERMINATING,
  /** The instance reports it, but its lease lapsed. */
  SUSPECT
}
