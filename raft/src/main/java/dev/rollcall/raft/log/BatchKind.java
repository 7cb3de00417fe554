package dev.rollcall.raft.log;

/** What a batch does to the log. The codes are in the file; they never change. */
enum BatchKind {
  /** Entries, which supersede everything from the first one's index on. */
  ENTRIES(1),
  /** Drops everything from the first index on. */
  TRUNCATE(2),
  /** Carries nothing but what every batch header does: term, vote, commit index. */
  HARD_STATE(3),
  /**
   * The log begins with this segment, whatever files there are before it. Only as the first batch
   * of one, and durable before the file has its name.
   */
  START(4);

  private final int code;

  BatchKind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /**
   * The kind with this code.
   *
   * @throws IllegalArgumentException when there is none: written by a later version
   */
  static BatchKind ofCode(int code) {
    for (BatchKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException("unknown kind of batch " + code);
  }
}
