package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.TakenForDurable;

/**
 * A node takes nothing for durable that a write under way may still change: the write that is done
 * may have been of entries which the next one replaces (etcd-io/raft#8).
 */
@Heeds(TakenForDurable.class)
final class WritesUnderWayAreNotDurable implements Invariant {
  @Override
  public void observe(Observation observation) {
    if (observation instanceof TakenForDurable(int node, long durableIndex, long unwrittenFrom)) {
      require(
          durableIndex < unwrittenFrom,
          "node %d takes its log for durable up to %d, and has yet to write %d",
          node,
          durableIndex,
          unwrittenFrom);
    }
  }
}
