package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Truncated;

/** A configuration whose entry was taken back is in force no more (thesis §4.1). */
@Heeds(Truncated.class)
final class ConfigurationIsInTheLog implements Invariant {
  @Override
  public void observe(Observation observation) {
    if (observation
        instanceof Truncated(int node, long from, long configurationIndex, boolean appended)) {
      require(
          configurationIndex < from || appended,
          "node %d goes by the configuration of %d, and took back what it had from %d on",
          node,
          configurationIndex,
          from);
    }
  }
}
