package dev.rollcall.server.cluster;

import dev.rollcall.raft.core.MemberChange;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.v1.ErrorReason;
import java.util.Optional;

/**
 * What is to be done next about a {@link MembershipRequest}, on the leader, with the members as
 * they are.
 */
sealed interface MembershipStep {
  /** Nothing: it is so already. */
  record Already(NodeId member) implements MembershipStep {}

  /** Nothing: it cannot be. */
  record Refuse(ErrorReason reason, String message) implements MembershipStep {}

  /** Propose this, about that member. */
  record Propose(MemberChange change, NodeId member) implements MembershipStep {}

  /** Hand the leadership over; one about the leader itself is carried out by the next one. */
  record HandOver(Optional<NodeId> to) implements MembershipStep {}
}
