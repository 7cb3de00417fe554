package dev.rollcall.raft.log;

import dev.rollcall.raft.core.NodeId;

/**
 * Whose log it is. Every segment carries it, so that a log never serves another node, cluster or
 * history.
 *
 * @param groupId Raft group; 0 is the only one now
 */
public record LogIdentity(ClusterId clusterId, HistoryId historyId, NodeId nodeId, int groupId) {
  public LogIdentity {
    if (groupId < 0) {
      throw new IllegalArgumentException("negative group id " + groupId);
    }
  }
}
