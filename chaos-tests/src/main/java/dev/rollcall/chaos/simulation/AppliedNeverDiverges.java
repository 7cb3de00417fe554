package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Applied;
import dev.rollcall.chaos.simulation.Observation.Installed;
import dev.rollcall.raft.core.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * No two nodes, and no two lives of one, apply different entries at the same index (Raft figure 3,
 * state machine safety), and stores that have applied the same, or were installed in its place, are
 * the same.
 */
@Heeds({Applied.class, Installed.class})
final class AppliedNeverDiverges implements Invariant {
  private final Map<Long, Entry> entries = new HashMap<>();
  private final Map<Long, String> digests = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Applied(int node, var applied, String digest) -> {
        check(node, applied);
        check(node, applied.get(applied.size() - 1).index(), digest);
      }
      case Installed(int node, long index, String digest) -> check(node, index, digest);
      default -> {}
    }
  }

  private void check(int node, List<Entry> applied) {
    for (Entry entry : applied) {
      Entry other = entries.putIfAbsent(entry.index(), entry);
      require(
          other == null || other.equals(entry),
          "node %d applies %s where another applied %s",
          node,
          entry,
          other);
    }
  }

  private void check(int node, long index, String digest) {
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
