package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.LeadsUnder;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Whoever leads is a voter of its configuration, of either half of it, as long as that is not taken
 * back: a leader steps down when what removes it is committed (Raft §6, thesis §4.2.2). One that
 * stays is noticed only when it is switched off.
 */
@Heeds(LeadsUnder.class)
final class LeaderIsAVoter implements Invariant {
  private final DurableLogs nodes;

  /** By node, the configuration that it was found to be a voter of last. */
  private final Map<Integer, Configuration> voterOf = new HashMap<>();

  LeaderIsAVoter(DurableLogs nodes) {
    this.nodes = nodes;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof LeadsUnder(int node, var configuration, boolean isCommitted)
        && isCommitted
        && !configuration.equals(voterOf.get(node))) {
      require(
          isVoter(node, configuration),
          "node %d leads and is no voter of %s, which is committed",
          node,
          configuration);
      voterOf.put(node, configuration);
    }
  }

  /** Looked up anew: an invariant that asked the shipped test would believe it. */
  private boolean isVoter(int node, Configuration configuration) {
    return Stream.concat(configuration.voters().stream(), configuration.outgoing().stream())
        .map(Member::id)
        .anyMatch(id -> nodes.number(id) == node);
  }
}
