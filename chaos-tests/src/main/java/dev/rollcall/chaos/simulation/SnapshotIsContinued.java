package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.SnapshotPieceSent;

/**
 * Whose state somebody fetches keeps the log behind it: else the fetch ends in another, and under
 * load so does that.
 */
@Heeds(SnapshotPieceSent.class)
final class SnapshotIsContinued implements Invariant {
  @Override
  public void observe(Observation observation) {
    if (observation instanceof SnapshotPieceSent(int node, long index, long firstIndex)) {
      require(
          firstIndex <= index + 1,
          "node %d sends a state of %d, and its log begins at %d",
          node,
          index,
          firstIndex);
    }
  }
}
