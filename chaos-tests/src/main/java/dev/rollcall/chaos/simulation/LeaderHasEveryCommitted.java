package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Applied;
import dev.rollcall.chaos.simulation.Observation.RoleChanged;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.Role;

/**
 * The log of each new leader holds every entry that was applied anywhere (Raft figure 3, leader
 * completeness), unless a later leader was first to commit: one whose votes came late. A candidate
 * asks for votes once its log is durable, so its disk shows its log.
 */
@Heeds({Applied.class, RoleChanged.class})
final class LeaderHasEveryCommitted implements Invariant {
  private final DurableLogs logs;
  private EntryId highest = EntryId.NONE;

  LeaderHasEveryCommitted(DurableLogs logs) {
    this.logs = logs;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Applied(int node, var applied, var digest)) {
      EntryId last = applied.get(applied.size() - 1).id();
      if (last.index() > highest.index()) {
        highest = last;
      }
    }
    if (observation instanceof RoleChanged(int node, var role) && role.role() == Role.LEADER) {
      require(
          highest.term() > role.term() || highest.equals(EntryId.NONE) || logs.holds(node, highest),
          "node %d leads term %d without %s, which was applied",
          node,
          role.term(),
          highest);
    }
  }
}
