package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Committed;
import dev.rollcall.chaos.simulation.Observation.Started;
import java.util.HashMap;
import java.util.Map;

/** Within one life of a node the commit index only grows (Raft figure 2). */
@Heeds({Committed.class, Started.class})
final class CommitNeverGoesBack implements Invariant {
  private final Map<Integer, Long> commitIndexes = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Started(int node)) {
      commitIndexes.remove(node);
    }
    if (observation instanceof Committed(int node, long commitIndex)) {
      long before = commitIndexes.getOrDefault(node, 0L);
      require(commitIndex >= before, "node %d: commit %d after %d", node, commitIndex, before);
      commitIndexes.put(node, commitIndex);
    }
  }
}
