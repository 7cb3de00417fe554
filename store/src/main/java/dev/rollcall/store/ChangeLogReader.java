package dev.rollcall.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;

/** Reads the change log in the rows of one moment. One thread. */
final class ChangeLogReader {
  private final OrderedStore.View rows;

  /** The revision that must be next. */
  private long next;

  ChangeLogReader(OrderedStore.View rows, long from) {
    this.rows = rows;
    next = from;
  }

  /**
   * Visits the revisions from the given one on.
   *
   * @throws Compacted when the log does not hold the first of them any more
   * @throws Invariant.Violation when one is missing in between
   */
  void forEach(ChangeLogVisitor visitor) {
    // Of the same moment as the rows: nobody compacts between this look and the next.
    var counters = Heap.counters(row(RowKeys.meta()));
    if (next < counters.compactRevision) {
      throw new Compacted(next, counters.compactRevision);
    }
    if (next > counters.revision) {
      return;
    }
    rows.scan(
        RowKeys.change(next),
        (key, value) -> {
          requireNext(key);
          boolean goesOn = visitor.visit(ChangeCodec.decode(next, value, Interner.NONE));
          next++;
          return goesOn && next <= counters.revision;
        });
  }

  private void requireNext(byte[] key) {
    Invariant.check(
        key[0] == RowKeys.CHANGES && RowKeys.number(key, 1) == next,
        "revision %d is missing in the change log",
        next);
  }

  private Optional<byte[]> row(byte[] wanted) {
    var found = new ArrayList<byte[]>(1);
    rows.scan(
        wanted,
        (key, value) -> {
          if (Arrays.equals(key, wanted)) {
            found.add(value);
          }
          return false;
        });
    return found.stream().findFirst();
  }
}
