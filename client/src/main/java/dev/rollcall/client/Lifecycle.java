package dev.rollcall.client;

/** Where an instance is in its life. */
public enum Lifecycle {
  /** At work. */
  ACTIVE,
  /** Takes nothing new and finishes what it has, until its deadline. */
  DRAINING,
  /** About to end: go elsewhere at once. */
  TERMINATING,
  /** One that this version does not know. */
  UNKNOWN
}
