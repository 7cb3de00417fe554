package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.chaos.simulation.Observation.Started;
import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import dev.rollcall.raft.core.Message.PreVote;
import dev.rollcall.raft.core.Message.PreVoteResponse;
import dev.rollcall.raft.core.Message.RequestVoteResponse;
import java.util.HashMap;
import java.util.Map;

/**
 * No node speaks of a term below one that it gave a durable promise in: a vote or an acknowledged
 * append (Raft figure 2, currentTerm); nor, in one life, below any that it spoke of. Pre-votes
 * speak of terms that are not the node's own.
 */
@Heeds({Sent.class, Started.class})
final class TermNeverGoesBack implements Invariant {
  private final Map<Integer, Long> promised = new HashMap<>();
  private final Map<Integer, Long> spoken = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Started(int node)) {
      spoken.remove(node);
    }
    if (!(observation instanceof Sent(int node, int to, var message))
        || message instanceof PreVote
        || message instanceof PreVoteResponse) {
      return;
    }
    long floor = Math.max(promised.getOrDefault(node, 0L), spoken.getOrDefault(node, 0L));
    require(
        message.term() >= floor,
        "node %d was in term %d and now says %s to %d",
        node,
        floor,
        message,
        to);
    spoken.put(node, message.term());
    boolean promises =
        switch (message) {
          case RequestVoteResponse vote -> vote.granted();
          case AppendEntriesResponse append -> append.success();
          default -> false;
        };
    if (promises) {
      promised.merge(node, message.term(), Math::max);
    }
  }
}
