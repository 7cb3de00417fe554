package dev.rollcall.store.instance;

/** Where an instance is in its life. */
public enum Lifecycle {
  /** At work. */
  ACTIVE,
  /** Takes nothing new and finishes what it has, until its deadline. */
  DRAINING,
  /** About to end. */
  TERMINATING
}
