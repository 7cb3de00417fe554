package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Applied;
import dev.rollcall.raft.core.EntryId;

/**
 * What any node applies is on a majority of the disks, crashed nodes' disks counted (promise 1).
 */
final class CommittedIsOnAQuorum implements Invariant {
  private final DurableLogs logs;
  private final int nodes;
  private EntryId highest = EntryId.NONE;

  CommittedIsOnAQuorum(DurableLogs logs, int nodes) {
    this.logs = logs;
    this.nodes = nodes;
  }

  @Override
  public void observe(Observation observation) {
    if (!(observation instanceof Applied(int node, var applied, var digest))) {
      return;
    }
    EntryId last = applied.get(applied.size() - 1).id();
    if (last.index() <= highest.index()) {
      return;
    }
    highest = last;
    int holders = 0;
    for (int other = 0; other < nodes; other++) {
      if (logs.holds(other, last)) {
        holders++;
      }
    }
    require(
        holders > nodes / 2,
        "node %d applies %s, which %d of %d disks hold",
        node,
        last,
        holders,
        nodes);
  }
}
