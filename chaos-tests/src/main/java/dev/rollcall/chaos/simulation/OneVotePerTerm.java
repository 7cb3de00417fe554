package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.raft.core.Message.RequestVote;
import dev.rollcall.raft.core.Message.RequestVoteResponse;
import java.util.HashMap;
import java.util.Map;

/** A node gives one vote per term, whatever crashes lie between (Raft figure 2, votedFor). */
@Heeds(Sent.class)
final class OneVotePerTerm implements Invariant {
  private record Ballot(int voter, long term) {}

  private final Map<Ballot, Integer> votes = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Sent(int voter, int to, RequestVoteResponse vote)
        && vote.granted()) {
      cast(voter, vote.term(), to);
    }
    if (observation instanceof Sent(int candidate, int to, RequestVote request)) {
      cast(candidate, request.term(), candidate);
    }
  }

  private void cast(int voter, long term, int candidate) {
    Integer other = votes.putIfAbsent(new Ballot(voter, term), candidate);
    require(
        other == null || other == candidate,
        "node %d voted for %s and for %d in term %d",
        voter,
        other,
        candidate,
        term);
  }
}
