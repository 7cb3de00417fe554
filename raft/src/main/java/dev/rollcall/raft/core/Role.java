package dev.rollcall.raft.core;

/** What a node is within its group (Raft §5.1; pre-candidate: thesis §9.6). */
public enum Role {
  /** Follows a leader, or waits for one. */
  FOLLOWER,
  /** Asks whether it could win an election, without changing its term. */
  PRE_CANDIDATE,
  /** Asks for votes. */
  CANDIDATE,
  /** Leads. */
  LEADER
}
