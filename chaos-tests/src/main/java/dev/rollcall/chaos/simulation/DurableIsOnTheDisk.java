package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.LogRead;
import dev.rollcall.chaos.simulation.Observation.LogReopened;
import dev.rollcall.raft.core.EntryId;

/**
 * What a log calls durable is on the disk, byte by byte, and is there again after a restart: or a
 * force that failed was taken for done, or a recovery cut off what had been acknowledged. A damaged
 * disk is not looked at; but a log that opens on one must have everything (docs/log-format.md,
 * recovery).
 */
@Heeds({LogRead.class, LogReopened.class})
final class DurableIsOnTheDisk implements Invariant {
  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case LogRead read -> require(read.isDamaged() || isRight(read), "not so: %s", read);
      case LogReopened(int node, var before, boolean isThere, long differsAt) -> {
        require(isThere, "node %d has lost %s, which was durable", node, before);
        require(differsAt == 0, "node %d has not read %d as it is on its disk", node, differsAt);
      }
      default -> {}
    }
  }

  private static boolean isRight(LogRead read) {
    EntryId believed = read.believed();
    return read.term() == believed.term()
        && (read.isWriting() || read.lastIndex() == believed.index());
  }
}
