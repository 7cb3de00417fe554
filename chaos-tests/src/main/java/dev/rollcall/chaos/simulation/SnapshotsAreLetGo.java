package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.SnapshotKept;

/**
 * A snapshot that came whole when the node had come as far by itself is dropped: as long as it is
 * kept, the node takes up no other (camunda/camunda#10183).
 */
@Heeds(SnapshotKept.class)
final class SnapshotsAreLetGo implements Invariant {
  @Override
  public void observe(Observation observation) {
    if (observation instanceof SnapshotKept(int node, long index)) {
      require(false, "node %d keeps the snapshot as of %d, which it does not need", node, index);
    }
  }
}
