package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.Message.AppendEntries;
import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import java.util.HashMap;
import java.util.Map;

/**
 * What a follower acknowledges is on its disk, truly: the log as a crash at this moment would leave
 * it reaches that far, and holds there what the leader of that term has sent (Raft §5.3, "responds
 * after the entries are durable").
 */
@Heeds(Sent.class)
final class AcknowledgedIsDurable implements Invariant {
  private final DurableLogs logs;

  /** By term of the leader, and index: what it has sent. */
  private final Map<Long, Map<Long, EntryId>> sent = new HashMap<>();

  AcknowledgedIsDurable(DurableLogs logs) {
    this.logs = logs;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Sent(int node, int to, AppendEntries append)) {
      Map<Long, EntryId> ofTerm = sent.computeIfAbsent(append.term(), none -> new HashMap<>());
      ofTerm.putIfAbsent(append.previous().index(), append.previous());
      for (Entry entry : append.entries()) {
        ofTerm.putIfAbsent(entry.index(), entry.id());
      }
    }
    if (observation instanceof Sent(int node, int to, AppendEntriesResponse response)
        && response.success()) {
      require(
          logs.lastIndex(node) >= response.index(),
          "node %d acknowledges %d to %d with %d on disk",
          node,
          response.index(),
          to,
          logs.lastIndex(node));
      EntryId id = sent.getOrDefault(response.term(), Map.of()).get(response.index());
      if (id != null) {
        require(
            logs.holds(node, id),
            "node %d acknowledges %s to %d with another entry on disk",
            node,
            id,
            to);
      }
    }
  }
}
