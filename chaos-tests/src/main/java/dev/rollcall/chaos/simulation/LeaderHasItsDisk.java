package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.LeadsWaiting;
import dev.rollcall.raft.core.RaftConfig;

/**
 * A leader whose disk stands still gives its place up, if there is anybody to take it: its
 * heartbeats would keep others from leading while nothing is written (hashicorp/raft#503).
 */
@Heeds(LeadsWaiting.class)
final class LeaderHasItsDisk implements Invariant {
  /**
   * It looks once in an election timeout, and may do so right before the disk has been too slow.
   */
  private static final int TIMEOUTS_MAX = 2;

  private final DurableLogs nodes;
  private final long ticksMax;

  LeaderHasItsDisk(DurableLogs nodes, RaftConfig.Timing timing) {
    this.nodes = nodes;
    this.ticksMax = timing.diskStallTicks() + (long) TIMEOUTS_MAX * timing.electionTimeoutTicks();
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof LeadsWaiting(int node, long ticks, var configuration)) {
      require(
          ticks <= ticksMax || Majorities.decide(configuration, id -> nodes.number(id) == node),
          "node %d leads on after %d ticks with a write that does not come to an end",
          node,
          ticks);
    }
  }
}
