package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Ready;

/**
 * A node that says it is ready has applied all that its log knew to be committed when it started:
 * else its readers would see less than it showed them before.
 */
@Heeds(Ready.class)
final class ReadyAfterReplay implements Invariant {
  @Override
  public void observe(Observation observation) {
    if (observation instanceof Ready(int node, long applied, long committedAtStart)) {
      require(
          applied >= committedAtStart,
          "node %d is ready at %d, and knew of %d at its start",
          node,
          applied,
          committedAtStart);
    }
  }
}
