package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Message.AppendEntries;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * A leader makes a configuration only when it knows that the one before is committed, so that no
 * log has two that may be taken back; a joint one in particular is left only then (Raft §6). Seen
 * by what it says of its commit index with the entry.
 */
@Heeds(Sent.class)
final class OneChangeAtATime implements Invariant {
  /** By term of the leader: indexes of configurations that it has sent, its own or older ones. */
  private final Map<Long, TreeSet<Long>> sent = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Sent(int node, int to, AppendEntries append)) {
      for (Entry entry : append.entries()) {
        if (entry.kind() == EntryKind.CONFIGURATION) {
          check(node, append, entry);
        }
      }
    }
  }

  private void check(int node, AppendEntries append, Entry entry) {
    TreeSet<Long> indexes = sent.computeIfAbsent(append.term(), none -> new TreeSet<>());
    indexes.add(entry.index());
    Long before = indexes.lower(entry.index());
    // What earlier leaders knew to be committed, this one may not know yet.
    if (before != null && entry.term() == append.term()) {
      require(
          before <= append.commitIndex(),
          "node %d makes the configuration of %d with that of %d not committed, but %d",
          node,
          entry.index(),
          before,
          append.commitIndex());
    }
  }
}
