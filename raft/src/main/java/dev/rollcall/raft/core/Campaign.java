package dev.rollcall.raft.core;

/** What made a node ask for votes; says which voters may answer although they hear a leader. */
public enum Campaign {
  /** It heard no leader for an election timeout. Who hears one refuses. */
  ELECTION_TIMEOUT,
  /** Its connection to the leader closed. Who hears the leader refuses, unless it lost it too. */
  LOST_LEADER,
  /** The leader told it to ({@link Message.TimeoutNow}). That somebody leads is no reason. */
  TRANSFER
}
