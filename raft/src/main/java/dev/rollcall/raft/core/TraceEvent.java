package dev.rollcall.raft.core;

import java.util.Optional;

/** What a core tells of itself for logs, metrics and golden tests; it changes nothing. */
public sealed interface TraceEvent {
  /** An event was taken in; comes before anything else it causes. */
  record Stepped(RaftEvent event) implements TraceEvent {}

  /** A Ready was handed out. */
  record HandedOut(Ready ready) implements TraceEvent {}

  /** Role, term or leader changed. */
  record RoleChanged(Role role, long term, Optional<NodeId> leader, String reason)
      implements TraceEvent {}

  /** A vote or pre-vote was given or refused. */
  record Voted(NodeId candidate, long term, boolean preVote, boolean granted, String reason)
      implements TraceEvent {}

  /** A leader hands over, and parks proposals. */
  record HandsOver(NodeId to) implements TraceEvent {}

  /** A hand-over came to nothing; what was parked is appended now. */
  record KeptLeading(int parked) implements TraceEvent {}

  /** The commit index moved. */
  record Committed(long commitIndex) implements TraceEvent {}

  /** Entries from this index on were replaced by a new leader's. */
  record Truncated(long fromIndex, long lastIndexBefore) implements TraceEvent {}

  /** The log has forgotten everything before this index. */
  record Compacted(long firstIndex) implements TraceEvent {}

  /** The log begins anew behind this entry, the last that a snapshot holds. */
  record Restarted(EntryId previous) implements TraceEvent {}

  /** A follower needs entries from before the first here; it must fetch a snapshot. */
  record OutOfReach(NodeId follower, long firstIndex) implements TraceEvent {}

  /** A follower's log did not fit; the leader looks further back. */
  record Mismatched(NodeId follower, long previousIndex, long nextIndex) implements TraceEvent {}
}
