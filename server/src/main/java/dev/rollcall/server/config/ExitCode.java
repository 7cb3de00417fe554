package dev.rollcall.server.config;

/** Why the process ended; docs/errors.md has the table. The numbers are an interface. */
public enum ExitCode {
  /** Asked to stop, and stopped. */
  OK(0),
  /** A flag, an environment variable, the file or a relation between settings is wrong. */
  USAGE(2),
  /** A port that the node should listen on is taken. */
  ADDRESS_IN_USE(3),
  /**
   * The data directory cannot be read or written, is in use by another process, or belongs to
   * another node, cluster or version.
   */
  DATA_DIRECTORY(4),
  /** The node has no place in the cluster that its peers belong to. */
  REFUSED_TO_JOIN(5),
  /** Log data that may have been acknowledged is damaged. */
  CORRUPT_LOG(6),
  /** The disk or the storage engine failed while the node ran. */
  DISK_FAILURE(7),
  /** A property that no input can break is broken: a bug or broken hardware. */
  BROKEN_INVARIANT(8),
  /** What this node holds is not what a majority holds, or no majority holds the same. */
  STATE_DIVERGED(9),
  /** The node was taken out of its cluster, for good. */
  REMOVED(10),
  /** A backup file is damaged, cut short, or none. */
  BACKUP_DAMAGED(11),
  /** A backup file is of a version that this one cannot read. */
  BACKUP_UNKNOWN_FORMAT(12);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The number given to the operating system. */
  public int code() {
    return code;
  }
}
