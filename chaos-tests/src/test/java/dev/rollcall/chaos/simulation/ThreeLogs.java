package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.NodeId;

/** Disks of three nodes, of which the first two end at index 5 of term 1, the last at 4. */
final class ThreeLogs implements DurableLogs {
  @Override
  public int number(NodeId id) {
    return (int) id.low();
  }

  @Override
  public long lastIndex(int node) {
    return node < 2 ? 5 : 4;
  }

  @Override
  public EntryId last(int node) {
    return new EntryId(1, lastIndex(node));
  }

  @Override
  public boolean holds(int node, EntryId id) {
    return id.term() == 1 && id.index() <= lastIndex(node);
  }
}
