package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Sent;
import dev.rollcall.raft.core.Message.AppendEntriesResponse;

/**
 * What a follower acknowledges is on its disk, truly: the log as a crash at this moment would leave
 * it reaches that far (Raft §5.3, "responds after the entries are durable").
 */
final class AcknowledgedIsDurable implements Invariant {
  private final DurableLogs logs;

  AcknowledgedIsDurable(DurableLogs logs) {
    this.logs = logs;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Sent(int node, int to, AppendEntriesResponse response)
        && response.success()) {
      require(
          logs.lastIndex(node) >= response.index(),
          "node %d acknowledges %d to %d with %d on disk",
          node,
          response.index(),
          to,
          logs.lastIndex(node));
    }
  }
}
