package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.Message.AppendEntries;
import java.util.HashMap;
import java.util.Map;

/**
 * Two entries with one term and index are equal, and so is all before them (Raft figure 3, log
 * matching): whoever replicates an entry replicates the same one, behind the same one.
 */
@Heeds(Sent.class)
final class LogsMatch implements Invariant {
  private record Link(EntryId previous, Entry entry) {}

  private final Map<EntryId, Link> links = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Sent(int node, int to, AppendEntries append)) {
      EntryId previous = append.previous();
      for (Entry entry : append.entries()) {
        var link = new Link(previous, entry);
        Link other = links.putIfAbsent(entry.id(), link);
        require(
            other == null || other.equals(link),
            "node %d sends %s to %d, another sent %s",
            node,
            link,
            to,
            other);
        previous = entry.id();
      }
    }
  }
}
