package dev.rollcall.raft.log;

/** The log belongs to another node, cluster, history or group. The message is one line. */
public final class WrongIdentity extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private WrongIdentity(String file, String what, Object found, Object expected) {
    super(
        "%s belongs to another %s: it is of %s, this process is of %s"
            .formatted(file, what, found, expected));
  }

  /** Does nothing when the two are the same. */
  static void check(String file, LogIdentity found, LogIdentity expected) {
    if (!found.clusterId().equals(expected.clusterId())) {
      throw new WrongIdentity(file, "cluster", found.clusterId(), expected.clusterId());
    }
    if (!found.historyId().equals(expected.historyId())) {
      throw new WrongIdentity(file, "history", found.historyId(), expected.historyId());
    }
    if (!found.nodeId().equals(expected.nodeId())) {
      throw new WrongIdentity(file, "node", found.nodeId(), expected.nodeId());
    }
    if (found.groupId() != expected.groupId()) {
      throw new WrongIdentity(file, "raft group", found.groupId(), expected.groupId());
    }
  }
}
