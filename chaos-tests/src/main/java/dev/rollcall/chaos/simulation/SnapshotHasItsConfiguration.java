package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Applying;
import dev.rollcall.chaos.simulation.Observation.LogBeganAnew;
import dev.rollcall.chaos.simulation.Observation.SnapshotBegins;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.LogStart;
import java.util.Map;
import java.util.TreeMap;

/**
 * With a snapshot goes the last configuration up to its index (Raft §7), and that one is in force
 * where a log begins anew behind it, whatever was before. Harm comes only when somebody counts by
 * another one.
 */
@Heeds({Applying.class, LogBeganAnew.class, SnapshotBegins.class})
final class SnapshotHasItsConfiguration implements Invariant {
  /** Those that are committed, by index. */
  private final TreeMap<Long, Configuration> byIndex = new TreeMap<>();

  SnapshotHasItsConfiguration(Configuration first) {
    byIndex.put(1L, first);
  }

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Applying(int node, var entries) -> entries.forEach(this::applying);
      case SnapshotBegins(int node, LogStart start) -> begins(node, start);
      case LogBeganAnew anew -> began(anew);
      default -> {}
    }
  }

  private void applying(Entry entry) {
    if (entry.kind() == EntryKind.CONFIGURATION) {
      byIndex.computeIfAbsent(entry.index(), none -> Configuration.decode(entry.payload()));
    }
  }

  /**
   * Whoever has a snapshot or makes one has applied all that is in it, in this life or in one that
   * a crash ended in the middle of it, so it was seen.
   */
  private void begins(int node, LogStart start) {
    Map.Entry<Long, Configuration> last = byIndex.floorEntry(start.previous().index());
    require(
        last != null
            && last.getKey() == start.configuration().index()
            && last.getValue().equals(start.configuration().configuration()),
        "node %d has a snapshot that begins with %s, and the last configuration there is %s",
        node,
        start,
        last);
  }

  private void began(LogBeganAnew anew) {
    Long last = byIndex.floorKey(anew.previousIndex());
    // In the same turn entries may have come behind the snapshot.
    boolean isOfALaterEntry =
        anew.configurationIndex() > anew.previousIndex()
            && anew.configurationIndex() <= anew.lastIndex();
    require(
        isOfALaterEntry || last == null || last == anew.configurationIndex(),
        "the last configuration there is that of %d: %s",
        last,
        anew);
  }
}
