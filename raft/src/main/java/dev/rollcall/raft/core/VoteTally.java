package dev.rollcall.raft.core;

import java.util.TreeSet;

/**
 * Who has answered in one campaign, and how. A grant stays; a refusal does not outweigh it, for it
 * may be the late answer to an older campaign.
 */
final class VoteTally {
  private final TreeSet<NodeId> granted = new TreeSet<>();
  private final TreeSet<NodeId> refused = new TreeSet<>();

  /** Begins another campaign. */
  void clear() {
    granted.clear();
    refused.clear();
  }

  void record(NodeId voter, boolean grants) {
    if (grants) {
      granted.add(voter);
      refused.remove(voter);
    } else if (!granted.contains(voter)) {
      refused.add(voter);
    }
  }

  boolean isWon(Configuration configuration) {
    return configuration.isQuorum(granted::contains);
  }

  boolean isLost(Configuration configuration) {
    return configuration.isBlocked(refused::contains);
  }
}
