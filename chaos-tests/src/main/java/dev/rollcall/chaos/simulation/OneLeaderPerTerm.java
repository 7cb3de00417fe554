package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.RoleChanged;
import dev.rollcall.raft.core.Role;
import java.util.HashMap;
import java.util.Map;

/** At most one leader is elected in a term (Raft figure 3, election safety). */
@Heeds(RoleChanged.class)
final class OneLeaderPerTerm implements Invariant {
  private final Map<Long, Integer> leaders = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof RoleChanged(int node, var role) && role.role() == Role.LEADER) {
      Integer other = leaders.putIfAbsent(role.term(), node);
      require(
          other == null || other == node,
          "nodes %s and %d both lead term %d",
          other,
          node,
          role.term());
    }
  }
}
