package dev.rollcall.raft.core;

/**
 * One change of the members of a group; any number of them make one step ({@link
 * RaftEvent.ChangeMembers}). An id that was removed never comes back: whoever was wiped or thrown
 * out joins under a new one.
 */
public sealed interface MemberChange {
  /**
   * A new member receives the log without a vote, and gets its vote by itself once its disk follows
   * closely ({@link RaftConfig.Promotion}). Invalid when its id is, or ever was, a member's.
   */
  record AddLearner(Member member) implements MemberChange {}

  /**
   * A learner gets its vote now. Invalid when it is none, or the leader does not find its log in
   * reach of the present: a voter that has yet to catch up would hold up every commit.
   */
  record Promote(NodeId id) implements MemberChange {}

  /** A member leaves for good. Invalid when it is none, or the last voter. */
  record Remove(NodeId id) implements MemberChange {}

  /**
   * The replacement joins as a learner; the step that gives it its vote removes {@code old}, so
   * that the group never has a voter more or less than before. Invalid when {@code old} is no
   * member or is being replaced already, or as {@link AddLearner}.
   */
  record Replace(NodeId old, Member replacement) implements MemberChange {}
}
