package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.RoleChanged;
import dev.rollcall.raft.core.Role;
import java.util.TreeSet;

/**
 * Counts the terms that had a leader: no property, but the measure of what the others were tested
 * by.
 */
@Heeds(RoleChanged.class)
final class LeaderChanges implements Invariant {
  private final TreeSet<Long> terms = new TreeSet<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof RoleChanged(int node, var role) && role.role() == Role.LEADER) {
      terms.add(role.term());
    }
  }

  long afterTheFirst() {
    return Math.max(0, terms.size() - 1);
  }
}
