package dev.rollcall.server.replication;

import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.driver.LogStartCodec;
import dev.rollcall.raft.driver.SnapshotStaging;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.StagedRegistry;
import dev.rollcall.store.snapshot.DamagedSnapshot;

/** A registry that is being received, as raft sees it. */
record RegistryStaging(LogStart start, StagedRegistry registry) implements SnapshotStaging {
  static RegistryStaging of(RegistryStore store, LogStart start) {
    return new RegistryStaging(start, store.stage(LogStartCodec.encode(start).bytes()));
  }

  @Override
  public void add(Payload bytes) {
    try {
      registry.add(bytes.bytes());
    } catch (DamagedSnapshot e) {
      throw new SnapshotRejected(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void finish() {
    try {
      registry.finish();
    } catch (DamagedSnapshot e) {
      throw new SnapshotRejected(String.valueOf(e.getMessage()), e);
    }
    if (registry.lastApplied() != start.previous().index()) {
      var message =
          "it is as of entry %d, not %d"
              .formatted(registry.lastApplied(), start.previous().index());
      throw new SnapshotRejected(message, new DamagedSnapshot(message));
    }
  }

  @Override
  public void close() {
    registry.close();
  }
}
