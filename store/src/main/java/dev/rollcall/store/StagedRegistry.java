package dev.rollcall.store;

import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.snapshot.DamagedSnapshot;
import dev.rollcall.store.snapshot.SnapshotWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A registry that is received as a snapshot, beside the one in use. Filling → {@link #finish} →
 * whole → {@link RegistryStore#install} → in use; closed in the end, whatever became of it. One
 * thread at a time, which need not be the apply thread: everything that takes long is done before
 * the switch.
 */
public final class StagedRegistry implements AutoCloseable {
  private final OrderedStore.Staged staged;
  private final byte[] origin;
  private final Features features;
  private final SnapshotWriter writer;
  private @Nullable Heap heap;

  /** What it took the place of, from the install on. */
  private @Nullable SharedRows replaced;

  StagedRegistry(OrderedStore.Staged staged, byte[] origin, Features features) {
    this.staged = staged;
    this.origin = origin;
    this.features = features;
    writer = new SnapshotWriter(staged.rows());
  }

  /**
   * Takes the snapshot's next chunk.
   *
   * @throws DamagedSnapshot when it is damaged, or out of its place; nothing can come of this any
   *     more
   * @throws UnknownFormat when a later version made the snapshot
   */
  public void add(byte[] chunk) {
    writer.add(chunk);
  }

  /**
   * Verifies that the snapshot is whole, makes it durable, and builds the heap from it.
   *
   * @throws DamagedSnapshot when something is missing
   * @throws UnknownFeatureLevel when the snapshot needs a later version
   */
  public void finish() {
    if (!writer.isWhole()) {
      throw new DamagedSnapshot("it has no end");
    }
    var rows = staged.rows();
    rows.write(new OrderedStore.Batch(List.of(new Operation.Put(RowKeys.origin(), origin))));
    rows.flush();
    Heap built;
    try {
      built = new Heap(rows, features);
    } catch (Invariant.Violation e) {
      throw new DamagedSnapshot(String.valueOf(e.getMessage()));
    }
    if (built.counters.lastApplied != writer.lastApplied()) {
      throw new DamagedSnapshot(
          "its rows are as of entry %d, its header says %d"
              .formatted(built.counters.lastApplied, writer.lastApplied()));
    }
    heap = built;
  }

  /** Index of the entry that the snapshot is as of; once something was added. */
  public long lastApplied() {
    return writer.lastApplied();
  }

  /**
   * Deletes what is not needed: this registry when it is not in use, else the rows that were in use
   * before, once nobody uses them any more. Takes as long as the disk does.
   */
  @Override
  public void close() {
    var before = replaced;
    if (before == null) {
      staged.close();
    } else {
      replaced = null;
      before.giveUp(staged::close);
    }
  }

  /** The heap, once {@link #finish} has built it. */
  Heap heap() {
    return Objects.requireNonNull(heap, "install of a snapshot that is not finished");
  }

  /** Switches the disk to these rows. */
  SharedRows takeOver(SharedRows before) {
    staged.takeOver();
    replaced = before;
    return new SharedRows(staged.rows());
  }
}
