package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.LogRead;
import dev.rollcall.chaos.simulation.Observation.LogReopened;

/**
 * What a log calls durable is on the disk, byte by byte, and is there again after a restart: or a
 * force that failed was taken for done, or a recovery cut off what had been acknowledged. A damaged
 * disk is not looked at; but a log that opens on one must have everything (docs/log-format.md,
 * recovery).
 */
final class DurableIsOnTheDisk implements Invariant {
  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case LogRead(int node, var believed, long lastIndex, long term, boolean isDamaged) ->
          require(
              isDamaged || (lastIndex == believed.index() && term == believed.term()),
              "node %d takes %s for its last durable entry; its disk ends at %d, with term %d"
                  + " there",
              node,
              believed,
              lastIndex,
              term);
      case LogReopened(int node, var before, boolean isThere) ->
          require(isThere, "node %d has lost %s, which was durable", node, before);
      default -> {}
    }
  }
}
