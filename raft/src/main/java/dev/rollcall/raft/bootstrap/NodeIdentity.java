package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What a node's directory remembers of who it is. New → bound (founders) → initialised (cluster),
 * or new → admitted (next) → initialised, and never back. A recovery takes an initialised one to
 * another history: recovering (next) → initialised.
 *
 * @param nodeId made with the directory
 * @param founders whom it is bound to, in order of id; empty for one that was let in
 * @param cluster where it belongs, once its log exists
 * @param next where it will belong once what is under way is done: the admission of a node without
 *     cluster, the recovery of one with
 */
record NodeIdentity(
    NodeId nodeId,
    List<Member> founders,
    Optional<ClusterIdentity> cluster,
    Optional<ClusterIdentity> next) {
  NodeIdentity {
    founders = founders.stream().sorted().toList();
    if (cluster.isEmpty() && next.isPresent() && !founders.isEmpty()) {
      throw new IllegalArgumentException("bound to founders and let in by others");
    }
  }

  static NodeIdentity created(NodeId nodeId) {
    return new NodeIdentity(nodeId, List.of(), Optional.empty(), Optional.empty());
  }

  NodeIdentity boundTo(List<Member> members) {
    if (!founders.isEmpty() || next.isPresent()) {
      throw new IllegalStateException("bound already");
    }
    return new NodeIdentity(nodeId, members, Optional.empty(), Optional.empty());
  }

  /** On its way to this cluster, or to this history of its own. */
  NodeIdentity boundFor(ClusterIdentity where) {
    return new NodeIdentity(nodeId, founders, cluster, Optional.of(where));
  }

  NodeIdentity initialised() {
    return new NodeIdentity(nodeId, founders, Optional.of(destination()), Optional.empty());
  }

  boolean isBound() {
    return !founders.isEmpty();
  }

  boolean isRecovering() {
    return cluster.isPresent() && next.isPresent();
  }

  /** Where it belongs, or will once it is initialised. */
  ClusterIdentity destination() {
    return next.or(() -> cluster).orElseGet(() -> ClusterIdentity.foundedBy(founders));
  }
}
