package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.ConfigurationRestored;

/**
 * A configuration that was in force at a crash, and in the log for good, is in force again
 * afterwards, committed or not, unless a later one is: the last in the log is (Raft §6, thesis
 * §4.1). Two quorums that do not meet are the damage, and take a change and two crashes.
 */
@Heeds(ConfigurationRestored.class)
final class ConfigurationSurvives implements Invariant {
  @Override
  public void observe(Observation observation) {
    if (observation instanceof ConfigurationRestored(int node, long durableIndex, long index)) {
      require(
          index >= durableIndex,
          "node %d went by the configuration of %d, which is on its disk, and starts with that of"
              + " %d",
          node,
          durableIndex,
          index);
    }
  }
}
