package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Truncated;

/** A configuration whose entry was taken back is in force no more (thesis §4.1). */
final class ConfigurationIsInTheLog implements Invariant {
  @Override
  public void observe(Observation observation) {
    if (observation instanceof Truncated(int node, long lastIndex, long configurationIndex)) {
      require(
          configurationIndex <= lastIndex,
          "node %d goes by the configuration of %d, and its log ends at %d",
          node,
          configurationIndex,
          lastIndex);
    }
  }
}
