package dev.rollcall.server.cluster;

import dev.rollcall.raft.core.NodeId;
import java.util.Optional;

/** What an operator wants of the members. */
sealed interface MembershipRequest {
  /** The node that waits at this peer address shall belong to the cluster. */
  record Add(String peerAddress) implements MembershipRequest {}

  /** The node that waits at this peer address shall take a member's place. */
  record Replace(NodeId old, String peerAddress) implements MembershipRequest {}

  /** A member shall go, for good. */
  record Remove(NodeId member) implements MembershipRequest {}

  /** A learner shall have a vote. */
  record Promote(NodeId member) implements MembershipRequest {}

  /** Another voter shall lead: this one, or the best. */
  record Lead(Optional<NodeId> member) implements MembershipRequest {}
}
