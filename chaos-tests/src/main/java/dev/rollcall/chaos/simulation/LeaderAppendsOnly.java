package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Leading;
import java.util.HashMap;
import java.util.Map;

/** A leader never takes back what is in its log (Raft figure 3, leader append-only). */
@Heeds(Leading.class)
final class LeaderAppendsOnly implements Invariant {
  private final Map<Long, Long> lastIndexes = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Leading(int node, long term, long lastIndex, var matches)) {
      long before = lastIndexes.getOrDefault(term, 0L);
      require(
          lastIndex >= before,
          "node %d leads term %d with a log to %d after %d",
          node,
          term,
          lastIndex,
          before);
      lastIndexes.put(term, lastIndex);
    }
  }
}
