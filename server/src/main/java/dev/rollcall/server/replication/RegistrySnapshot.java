package dev.rollcall.server.replication;

import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.driver.StateSnapshot;
import dev.rollcall.store.snapshot.SnapshotReader;

/** The store's snapshot as raft sees it. */
record RegistrySnapshot(SnapshotReader reader) implements StateSnapshot {
  @Override
  public long lastIndex() {
    return reader.lastApplied();
  }

  @Override
  public Chunk chunk(Payload after, int bytesMax) {
    var chunk = reader.chunk(after.bytes(), bytesMax);
    return new Chunk(Payload.wrap(chunk.bytes()), Payload.wrap(chunk.position()), chunk.isLast());
  }

  @Override
  public void close() {
    reader.close();
  }
}
