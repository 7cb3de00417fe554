package dev.rollcall.store;

import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.snapshot.DamagedSnapshot;
import dev.rollcall.store.snapshot.SnapshotScanner;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the rows of a snapshot into an empty store as the beginning of another history. What is
 * registered stays. Revisions, lease ids and session ids go on so far behind those of the snapshot
 * that none is given twice, whatever was given after it was taken. The change log begins anew, and
 * what is known only from removals goes with it, as in a compaction of all of it. The sessions of
 * the other history are over, since a client must not be told now what became of a write that this
 * history may not contain. One thread. After any exception the store is to be thrown away.
 */
public final class RestoredRegistry {
  /** Revisions and ids go on behind the next multiple of it that is at least this far ahead. */
  public static final long STEP = 1 << 20;

  private final OrderedStore rows;
  private final SnapshotContents contents;
  private final SnapshotScanner scanner = new SnapshotScanner();

  /**
   * Into a store without rows.
   *
   * @param features of the software that will run on it
   */
  public RestoredRegistry(OrderedStore rows, Features features) {
    this.rows = rows;
    contents = new SnapshotContents(features);
  }

  /**
   * Writes the next chunk's rows.
   *
   * @throws DamagedSnapshot when it is damaged, or does not follow on the chunks before
   * @throws UnknownFormat when a later version made the snapshot
   * @throws UnknownFeatureLevel when it needs a later version
   */
  public void add(byte[] chunk) {
    var operations = new ArrayList<Operation>();
    scanner.add(chunk, (key, value) -> add(key, value, operations));
    if (!operations.isEmpty()) {
      rows.write(new OrderedStore.Batch(operations));
    }
  }

  /**
   * Verifies that the snapshot was whole, and makes the rows durable.
   *
   * @return what the snapshot held
   * @throws DamagedSnapshot when something is missing
   */
  public SnapshotContents finish() {
    if (!scanner.isWhole()) {
      throw new DamagedSnapshot("it has no end");
    }
    if (contents.lastApplied() != scanner.lastApplied() || contents.lastApplied() == 0) {
      throw new DamagedSnapshot(
          "its rows are as of entry %d, its header says %d"
              .formatted(contents.lastApplied(), scanner.lastApplied()));
    }
    rows.flush();
    return contents;
  }

  /** The number that a counter goes on behind. */
  public static long stepped(long number) {
    return (number + STEP + STEP - 1) / STEP * STEP;
  }

  private void add(byte[] key, byte[] value, List<Operation> operations) {
    try {
      contents.add(key, value);
      switch (key[0]) {
        case RowKeys.CHANGES, RowKeys.REVISIONS, RowKeys.SESSIONS, RowKeys.OUTCOMES -> {}
        case RowKeys.META -> operations.add(new Operation.Put(key, stepped(value)));
        default -> operations.add(new Operation.Put(key, value));
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new DamagedSnapshot("a row cannot be read: " + e.getMessage());
    }
  }

  private static byte[] stepped(byte[] meta) {
    var counters = RowCodec.counters(meta);
    counters.revision = stepped(counters.revision);
    counters.compactRevision = counters.revision + 1;
    counters.lastLeaseId = stepped(counters.lastLeaseId);
    counters.lastSessionId = stepped(counters.lastSessionId);
    return RowCodec.encode(counters);
  }
}
