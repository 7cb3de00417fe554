package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What a node's directory remembers of who it is. New (no founders) → bound (founders) →
 * initialised (cluster); never back.
 *
 * @param nodeId made with the directory
 * @param founders whom it is bound to, in order of id
 * @param cluster where it belongs, once its log exists
 */
record NodeIdentity(NodeId nodeId, List<Member> founders, Optional<ClusterIdentity> cluster) {
  NodeIdentity {
    founders = founders.stream().sorted().toList();
    if (cluster.isPresent() && founders.isEmpty()) {
      throw new IllegalArgumentException("a cluster without founders");
    }
  }

  static NodeIdentity created(NodeId nodeId) {
    return new NodeIdentity(nodeId, List.of(), Optional.empty());
  }

  NodeIdentity boundTo(List<Member> members) {
    if (!founders.isEmpty()) {
      throw new IllegalStateException("bound already");
    }
    return new NodeIdentity(nodeId, members, Optional.empty());
  }

  NodeIdentity initialised() {
    return new NodeIdentity(nodeId, founders, Optional.of(foundation()));
  }

  boolean isBound() {
    return !founders.isEmpty();
  }

  /** The cluster that the founders make. */
  ClusterIdentity foundation() {
    return ClusterIdentity.foundedBy(founders);
  }
}
