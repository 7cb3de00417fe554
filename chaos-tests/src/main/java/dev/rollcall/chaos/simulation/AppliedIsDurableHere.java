package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.Applied;

/**
 * A node applies nothing that its own disk could still lose: after a crash its state would be ahead
 * of its log, with a hole in what it can pass on (ZOOKEEPER-4882).
 */
@Heeds(Applied.class)
final class AppliedIsDurableHere implements Invariant {
  private final DurableLogs logs;

  AppliedIsDurableHere(DurableLogs logs) {
    this.logs = logs;
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Applied(int node, var applied, var digest)) {
      var last = applied.get(applied.size() - 1).id();
      require(logs.holds(node, last), "node %d applies %s, which its disk has not", node, last);
    }
  }
}
