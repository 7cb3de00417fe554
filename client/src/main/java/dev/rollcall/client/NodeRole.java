package dev.rollcall.client;

/** What a node is within the cluster. */
public enum NodeRole {
  /** Follows a leader, or waits for one. */
  FOLLOWER,
  /** Asks whether it could win an election. */
  PRE_CANDIDATE,
  /** Asks for votes. */
  CANDIDATE,
  /** Leads. */
  LEADER,
  /** Receives the log without a vote. */
  LEARNER,
  /** Something a newer server says and this client does not know. */
  UNKNOWN
}
