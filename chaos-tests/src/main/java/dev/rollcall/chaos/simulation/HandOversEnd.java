package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.HandingOver;
import dev.rollcall.raft.core.RaftConfig;

/**
 * A hand-over that comes to nothing is given up after an election timeout (thesis §3.10): until
 * then the leader takes no writes.
 */
@Heeds(HandingOver.class)
final class HandOversEnd implements Invariant {
  private final long ticksMax;

  HandOversEnd(RaftConfig.Timing timing) {
    this.ticksMax = timing.electionTimeoutTicks();
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof HandingOver(int node, long ticks)) {
      require(ticks <= ticksMax, "node %d hands over for %d ticks", node, ticks);
    }
  }
}
