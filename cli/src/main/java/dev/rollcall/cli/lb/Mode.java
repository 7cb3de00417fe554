package dev.rollcall.cli.lb;

/** What traffic a server gets. */
public enum Mode {
  /** Its share. */
  READY,
  /** Only what belongs to sessions that are bound to it. */
  DRAIN,
  /** Nothing new; requests under way are finished. */
  MAINTENANCE
}
