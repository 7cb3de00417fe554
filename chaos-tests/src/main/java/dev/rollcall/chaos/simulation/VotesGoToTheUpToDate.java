package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.Message.RequestVote;
import dev.rollcall.raft.core.Message.RequestVoteResponse;
import java.util.HashMap;
import java.util.Map;

/**
 * A vote goes to a candidate whose last entry has a later term than the voter's, or the same term
 * and no lower index (Raft §5.4.1). That something committed be lost for want of that takes luck.
 */
@Heeds(Sent.class)
final class VotesGoToTheUpToDate implements Invariant {
  private record Candidacy(int candidate, long term) {}

  private final DurableLogs nodes;
  private final Map<Candidacy, EntryId> lastOf = new HashMap<>();

  VotesGoToTheUpToDate(DurableLogs nodes) {
    this.nodes = nodes;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Sent(int candidate, int to, RequestVote request)) {
      lastOf.put(new Candidacy(candidate, request.term()), request.last());
    }
    if (observation instanceof Sent(int voter, int candidate, RequestVoteResponse vote)
        && vote.granted()) {
      EntryId own = nodes.last(voter);
      // Of this term are only entries that came after the vote.
      if (own.term() < vote.term()) {
        check(voter, own, new Candidacy(candidate, vote.term()));
      }
    }
  }

  private void check(int voter, EntryId own, Candidacy candidacy) {
    EntryId last = lastOf.getOrDefault(candidacy, EntryId.NONE);
    require(
        last.term() > own.term() || (last.term() == own.term() && last.index() >= own.index()),
        "node %d, whose log ends with %s, votes for %s, whose log ends with %s",
        voter,
        own,
        candidacy,
        last);
  }
}
