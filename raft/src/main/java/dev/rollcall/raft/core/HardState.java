package dev.rollcall.raft.core;

import java.util.Optional;

/**
 * What a node must not forget between answering and crashing (Raft figure 2, persistent state).
 *
 * @param currentTerm latest term seen
 * @param votedFor who got this node's vote in that term
 */
public record HardState(long currentTerm, Optional<NodeId> votedFor) {
  /** Of a node that has seen nothing yet. */
  public static final HardState INITIAL = new HardState(0, Optional.empty());
}
