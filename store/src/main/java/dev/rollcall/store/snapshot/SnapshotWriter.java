package dev.rollcall.store.snapshot;

import dev.rollcall.store.OrderedStore;
import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.UnknownFormat;
import java.util.ArrayList;

/**
 * Writes a snapshot's rows into an empty store, and finds out whether it is whole. Any thread, one
 * at a time. After a {@link DamagedSnapshot} the store is to be thrown away.
 */
public final class SnapshotWriter {
  private final OrderedStore rows;
  private final SnapshotScanner scanner = new SnapshotScanner();

  /** Into a store without rows. */
  public SnapshotWriter(OrderedStore rows) {
    this.rows = rows;
  }

  /**
   * Writes the next chunk's rows.
   *
   * @throws DamagedSnapshot when it is damaged, or does not follow on the chunks before
   * @throws UnknownFormat when a later version made the snapshot
   */
  public void add(byte[] chunk) {
    var operations = new ArrayList<Operation>();
    scanner.add(chunk, (key, value) -> operations.add(new Operation.Put(key, value)));
    if (!operations.isEmpty()) {
      rows.write(new OrderedStore.Batch(operations));
    }
  }

  /** Whether the end was read, and fits what came before. */
  public boolean isWhole() {
    return scanner.isWhole();
  }

  /** Index of the entry that the snapshot is as of; once anything was read. */
  public long lastApplied() {
    return scanner.lastApplied();
  }
}
