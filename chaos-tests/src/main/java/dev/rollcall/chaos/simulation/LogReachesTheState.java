package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.LogBegan;

/**
 * A log is cut only behind what the state machine has made durable: else a crash leaves a state
 * that the log cannot bring up to date (etcd#13766 is what that looks like).
 */
@Heeds(LogBegan.class)
final class LogReachesTheState implements Invariant {
  @Override
  public void observe(Observation observation) {
    if (observation instanceof LogBegan(int node, long firstIndex, long durableIndex)) {
      require(
          firstIndex <= durableIndex + 1,
          "node %d: the log begins at %d, the state would survive up to %d",
          node,
          firstIndex,
          durableIndex);
    }
  }
}
