package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Executed;
import dev.rollcall.chaos.simulation.Observation.LeasesStarted;
import dev.rollcall.chaos.simulation.Observation.Started;
import java.util.HashMap;
import java.util.Map;

/**
 * A leader begins to count the time of leases when it has applied an entry of its own term, and so
 * all that was committed before: else it counts on a state that others have left behind.
 */
@Heeds({Executed.class, LeasesStarted.class, Started.class})
final class LeasesStartUpToDate implements Invariant {
  private final Map<Integer, Long> terms = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Started(int node) -> terms.remove(node);
      case Executed(int node, var entries, var outcomes, var store) ->
          terms.put(node, entries.getLast().id().term());
      case LeasesStarted(int node, long term) -> {
        long applied = terms.getOrDefault(node, 0L);
        require(
            applied == term,
            "node %d starts the leases in term %d, having applied up to term %d",
            node,
            term,
            applied);
      }
      default -> {}
    }
  }
}
