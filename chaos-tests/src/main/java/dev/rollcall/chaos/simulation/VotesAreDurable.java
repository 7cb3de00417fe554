package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.HardStateDurable;
import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Message.RequestVote;
import dev.rollcall.raft.core.Message.RequestVoteResponse;
import java.util.HashMap;
import java.util.Map;

/**
 * A vote is on the voter's disk before anybody hears of it, a candidate's own not excepted (Raft
 * figure 2, persistent state), and is still there after a restart. That two votes of one term be
 * seen takes two candidates and a crash within one write; that one be promised too early takes one
 * election.
 */
@Heeds({HardStateDurable.class, Sent.class})
final class VotesAreDurable implements Invariant {
  private final DurableLogs nodes;
  private final Map<Integer, HardState> durable = new HashMap<>();

  VotesAreDurable(DurableLogs nodes) {
    this.nodes = nodes;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof HardStateDurable(int node, HardState state)) {
      HardState before = durable.getOrDefault(node, HardState.INITIAL);
      require(
          state.currentTerm() > before.currentTerm()
              || (state.currentTerm() == before.currentTerm()
                  && (before.votedFor().isEmpty() || before.votedFor().equals(state.votedFor()))),
          "node %d had %s on disk, and has %s",
          node,
          before,
          state);
      durable.put(node, state);
    }
    if (observation instanceof Sent(int voter, int to, RequestVoteResponse vote)
        && vote.granted()) {
      check(voter, vote.term(), to);
    }
    if (observation instanceof Sent(int candidate, int to, RequestVote request)) {
      check(candidate, request.term(), candidate);
    }
  }

  private void check(int voter, long term, int candidate) {
    HardState state = durable.getOrDefault(voter, HardState.INITIAL);
    boolean votedSo = state.votedFor().filter(it -> nodes.number(it) == candidate).isPresent();
    require(
        state.currentTerm() > term || (state.currentTerm() == term && votedSo),
        "node %d votes for %d in term %d with %s on disk",
        voter,
        candidate,
        term,
        state);
  }
}
