package dev.rollcall.raft.bootstrap;

/**
 * A start that must not go on, before anything was served and with nothing lost. The message is one
 * line: what was found, and what to do. Trying again does not help before somebody has done it.
 */
public final class BootstrapRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  BootstrapRefused(Reason reason, String line) {
    super(line);
    this.reason = reason;
  }

  BootstrapRefused(Reason reason, String line, Throwable cause) {
    super(line, cause);
    this.reason = reason;
  }

  /** What kind of refusal. */
  public Reason reason() {
    return reason;
  }

  /** What a start can be refused for. */
  public enum Reason {
    /** The directory cannot be read or written. */
    DISK,
    /** The identity file is damaged. */
    IDENTITY_DAMAGED,
    /** The identity file was written by a later version. */
    IDENTITY_UNKNOWN_FORMAT,
    /** There is a log, and no identity that says whose it is. */
    IDENTITY_MISSING,
    /** The identity says initialised, and there is no log. */
    LOG_MISSING,
    /** The directory is that of another member. */
    OTHER_NODES_DIRECTORY,
    /** Another node has the same id: one directory is a copy. */
    COPIED_DIRECTORY,
    /** Members are listed in a way that cannot be, or differently on another node. */
    MEMBER_LIST,
    /** The directory is new, and a listed member belongs to a cluster already. */
    PEERS_INITIALISED,
    /** A recovery of the directory was begun and not ended. */
    RECOVERY_UNFINISHED,
    /** What a recovery was asked for cannot be done with this directory. */
    NOT_RECOVERABLE,
    /** A listed member is bound to founders without this node, or this one to others than it. */
    FOUNDERS_DIFFER
  }
}
