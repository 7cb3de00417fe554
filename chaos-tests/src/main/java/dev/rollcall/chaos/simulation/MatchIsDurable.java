package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Leading;

/**
 * What a leader counts for a member is on that member's disk: commits and promotions are decided by
 * it (Raft figure 2, matchIndex; RATIS-1960 is a follower that was taken for caught up). What a
 * leader believes that was replaced and has not heard of it does no harm.
 */
@Heeds(Leading.class)
final class MatchIsDurable implements Invariant {
  private final DurableLogs logs;
  private long latestTerm;

  MatchIsDurable(DurableLogs logs) {
    this.logs = logs;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Leading(int node, long term, long lastIndex, var matches)
        && term >= latestTerm) {
      latestTerm = term;
      matches.forEach((member, match) -> {
        long durable = logs.lastIndex(logs.number(member));
        require(
            match <= durable,
            "node %d leads term %d and counts %d for node %d, whose disk holds %d",
            node,
            term,
            match,
            logs.number(member),
            durable);
      });
    }
  }
}
