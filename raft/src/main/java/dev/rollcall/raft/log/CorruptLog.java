package dev.rollcall.raft.log;

/**
 * The log lacks something that this node has vouched for. The node must not take part with it: what
 * it acknowledged may have been counted towards a quorum. The message is one line: file, offset,
 * indexes and what to do.
 */
public final class CorruptLog extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final String REMEDY =
      "; this node can not take part with it: keep the directory for analysis, start with an empty"
          + " one and let the new node take this one's place with `registryctl member replace`";

  CorruptLog(String finding) {
    super(finding + REMEDY);
  }

  static CorruptLog at(String file, long offset, String finding) {
    return new CorruptLog("corrupt log: " + file + " at offset " + offset + ": " + finding);
  }
}
