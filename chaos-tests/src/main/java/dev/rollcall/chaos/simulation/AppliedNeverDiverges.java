package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Applied;
import dev.rollcall.raft.core.Entry;
import java.util.HashMap;
import java.util.Map;

/**
 * No two nodes, and no two lives of one, apply different entries at the same index (Raft figure 3,
 * state machine safety), and stores that have applied the same are the same.
 */
final class AppliedNeverDiverges implements Invariant {
  private final Map<Long, Entry> entries = new HashMap<>();
  private final Map<Long, String> digests = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    if (!(observation instanceof Applied(int node, var applied, String digest))) {
      return;
    }
    for (Entry entry : applied) {
      Entry other = entries.putIfAbsent(entry.index(), entry);
      require(
          other == null || other.equals(entry),
          "node %d applies %s where another applied %s",
          node,
          entry,
          other);
    }
    long index = applied.get(applied.size() - 1).index();
    String other = digests.putIfAbsent(index, digest);
    require(
        other == null || other.equals(digest),
        "node %d at index %d has digest %s, another %s",
        node,
        index,
        digest,
        other);
  }
}
