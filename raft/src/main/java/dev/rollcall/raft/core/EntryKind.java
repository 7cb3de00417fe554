package dev.rollcall.raft.core;

/** What an entry is for. The codes are in the log and on the wire; they never change. */
public enum EntryKind {
  /** Begins a leader's term; committing it commits what came before (Raft §5.4.2, §8). */
  NOOP(1),
  /** A {@link Configuration}, in force from the moment it is appended (thesis §4.1). */
  CONFIGURATION(2),
  /** A command of the state machine, opaque here. */
  COMMAND(3),
  /** A place in the log at which all nodes compare their states ({@link StateDigest}). */
  VERIFY(4);

  private final int code;

  EntryKind(int code) {
    this.code = code;
  }

  /** The number that stands for the kind in the log and on the wire. */
  public int code() {
    return code;
  }

  /**
   * The kind with this code.
   *
   * @throws IllegalArgumentException when there is none: written by a later version
   */
  public static EntryKind ofCode(int code) {
    return switch (code) {
      case 1 -> NOOP;
      case 2 -> CONFIGURATION;
      case 3 -> COMMAND;
      case 4 -> VERIFY;
      default -> throw new IllegalArgumentException("unknown entry kind " + code);
    };
  }
}
