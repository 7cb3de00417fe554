package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Applied;
import dev.rollcall.chaos.simulation.Observation.ReadAsked;
import dev.rollcall.chaos.simulation.Observation.ReadGranted;
import dev.rollcall.chaos.simulation.Observation.Started;
import java.util.HashMap;
import java.util.Map;

/**
 * The index that a linearizable read gets is no lower than what was applied anywhere when it was
 * asked for (thesis §6.4). What clients see is checked apart; but a wrong index is seldom seen, as
 * the state has mostly gone on before the read runs.
 */
@Heeds({Applied.class, ReadAsked.class, ReadGranted.class, Started.class})
final class ReadsAreFresh implements Invariant {
  private record Read(int node, long id) {}

  /** What was applied when they were asked for. */
  private final Map<Read, Long> open = new HashMap<>();

  private long applied;

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Applied(int node, var entries, var digest) ->
          applied = Math.max(applied, entries.get(entries.size() - 1).index());
      case Started(int node) -> open.keySet().removeIf(read -> read.node == node);
      case ReadAsked(int node, long id) -> open.put(new Read(node, id), applied);
      case ReadGranted(int node, long id, long index) -> {
        var read = new Read(node, id);
        long floor = open.getOrDefault(read, applied);
        open.remove(read);
        require(
            index >= floor,
            "node %d reads at index %d what it asked for when %d was applied",
            node,
            index,
            floor);
      }
      default -> {}
    }
  }
}
