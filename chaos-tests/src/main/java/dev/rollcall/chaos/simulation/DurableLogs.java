package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.EntryId;

/** The nodes' logs as a crash at this moment would leave them at least. */
interface DurableLogs {
  /** Index of the last durable entry of a node, running or not. */
  long lastIndex(int node);

  /** Whether a node's disk holds this entry. */
  boolean holds(int node, EntryId id);
}
