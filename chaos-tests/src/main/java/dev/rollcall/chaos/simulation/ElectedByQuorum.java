package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Elected;
import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.raft.core.Message.RequestVoteResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whoever leads a term was given votes of that term by a quorum of its configuration, by both
 * halves while that is joint (Raft §5.2, §6). Two leaders of one term are the damage, and take
 * luck.
 */
@Heeds({Elected.class, Sent.class})
final class ElectedByQuorum implements Invariant {
  private record Ballot(int candidate, long term) {}

  private final DurableLogs nodes;
  private final Map<Ballot, Set<Integer>> votes = new HashMap<>();

  ElectedByQuorum(DurableLogs nodes) {
    this.nodes = nodes;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Sent(int voter, int to, RequestVoteResponse vote)
        && vote.granted()) {
      votes.computeIfAbsent(new Ballot(to, vote.term()), none -> new TreeSet<>()).add(voter);
    }
    if (observation instanceof Elected(int node, long term, var configurations)) {
      Set<Integer> given = votes.getOrDefault(new Ballot(node, term), Set.of());
      boolean isElected =
          configurations.stream()
              .anyMatch(configuration ->
                  Majorities.decide(
                      configuration,
                      id -> nodes.number(id) == node || given.contains(nodes.number(id))));
      require(
          isElected,
          "node %d leads term %d with the votes of %s, under one of %s",
          node,
          term,
          given,
          configurations);
    }
  }
}
