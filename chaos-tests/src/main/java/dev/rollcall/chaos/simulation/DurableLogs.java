package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.NodeId;

/**
 * The nodes' logs as a crash at this moment would leave them at least. The disk of a node that was
 * damaged or wiped on purpose counts as it was before: such losses are known, stay below a quorum
 * ({@link FaultBudget}), and end with the node's replacement. That nobody else loses anything is
 * {@link DurableIsOnTheDisk}'s to see.
 */
interface DurableLogs {
  /** Number of the node with this id. */
  int number(NodeId id);

  /** Index of the last durable entry of a node, running or not; 0 of one that has no log. */
  long lastIndex(int node);

  /** The last durable entry of a node, running or not; none of one that has no log. */
  EntryId last(int node);

  /**
   * Whether a node's disk holds this entry, or the state that it led to where the log begins later.
   */
  boolean holds(int node, EntryId id);
}
