package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Applied;
import dev.rollcall.chaos.simulation.Observation.LeaderCommitted;
import dev.rollcall.raft.core.EntryId;

/**
 * What a leader commits is on the disks of a quorum of its configuration, crashed nodes' disks
 * counted, and nobody applies anything else (promise 1; Raft §5.3, §6).
 */
@Heeds({Applied.class, LeaderCommitted.class})
final class CommittedIsOnAQuorum implements Invariant {
  private final DurableLogs logs;
  private long highest;

  CommittedIsOnAQuorum(DurableLogs logs) {
    this.logs = logs;
  }

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case LeaderCommitted committed -> check(committed);
      case Applied(int node, var applied, var digest) -> {
        long last = applied.get(applied.size() - 1).index();
        require(last <= highest, "node %d applies %d, committed is %d", node, last, highest);
      }
      default -> {}
    }
  }

  private void check(LeaderCommitted committed) {
    EntryId id = committed.id();
    boolean isHeld =
        committed.configurations().stream()
            .anyMatch(configuration ->
                Majorities.decide(configuration, member -> logs.holds(logs.number(member), id)));
    require(
        isHeld,
        "node %d commits %s, which no quorum's disks hold of %s",
        committed.node(),
        id,
        committed.configurations());
    highest = Math.max(highest, id.index());
  }
}
