package dev.rollcall.store.fake;

import dev.rollcall.store.OrderedStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;

/**
 * Rows in memory, with a memory for what would survive: batches that were not flushed are lost in a
 * {@link #crash}, but for some of the first of them, and so is a switch to another store that was
 * not made durable. Any thread.
 *
 * <p>A store and those that take its place share one disk: told to fail, or crashed, is all of it.
 */
public final class MemoryOrderedStore implements OrderedStore {
  /** What makes a difference to the disk. */
  public enum Step {
    WRITE,
    FLUSH,
    STAGE,
    SWITCH,
    FORCE_SWITCH
  }

  private final MemoryRowDisk disk;
  private final NavigableMap<byte[], byte[]> written;
  private final NavigableMap<byte[], byte[]> flushed;
  private List<Batch> unflushed = new ArrayList<>();
  private boolean closed;

  /** Without any row. */
  public MemoryOrderedStore() {
    this(sorted());
  }

  private MemoryOrderedStore(NavigableMap<byte[], byte[]> survived) {
    this(new MemoryRowDisk(), survived);
    disk.begin(this);
  }

  private MemoryOrderedStore(MemoryRowDisk disk, NavigableMap<byte[], byte[]> survived) {
    this.disk = disk;
    flushed = survived;
    written = sorted();
    written.putAll(survived);
  }

  @Override
  public synchronized void write(Batch batch) {
    begin("write", Step.WRITE);
    run(batch, written);
    unflushed.add(batch);
    disk.end(Step.WRITE);
  }

  @Override
  public synchronized Optional<byte[]> get(byte[] key) {
    use("get");
    return Optional.ofNullable(written.get(key));
  }

  @Override
  public synchronized Optional<byte[]> getFlushed(byte[] key) {
    use("get flushed");
    return Optional.ofNullable(flushed.get(key));
  }

  @Override
  public void scan(byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
    NavigableMap<byte[], byte[]> rows;
    synchronized (this) {
      use("scan");
      rows = sorted();
      rows.putAll(written.subMap(from, true, to, false));
    }
    visit(rows, visitor);
  }

  @Override
  public synchronized View pin() {
    use("pin");
    NavigableMap<byte[], byte[]> rows = sorted();
    rows.putAll(written);
    return new View() {
      @Override
      public void scan(byte[] from, BiPredicate<byte[], byte[]> visitor) {
        synchronized (MemoryOrderedStore.this) {
          use("scan of a view");
        }
        visit(rows.tailMap(from, true), visitor);
      }

      @Override
      public void close() {
        rows.clear();
      }
    };
  }

  @Override
  public synchronized Staged stage() {
    begin("stage", Step.STAGE);
    var next = new MemoryOrderedStore(disk, sorted());
    return new Staged() {
      private boolean isInUse;

      @Override
      public OrderedStore rows() {
        return next;
      }

      @Override
      public void takeOver() {
        next.flush();
        begin("switch", Step.SWITCH);
        disk.switchTo(next);
        isInUse = true;
        begin("force of the switch", Step.FORCE_SWITCH);
        disk.forceSwitch();
        disk.end(Step.FORCE_SWITCH);
      }

      @Override
      public void close() {
        (isInUse ? MemoryOrderedStore.this : next).close();
      }
    };
  }

  @Override
  public synchronized void flush() {
    begin("flush", Step.FLUSH);
    unflushed.forEach(batch -> run(batch, flushed));
    unflushed = new ArrayList<>();
    disk.end(Step.FLUSH);
  }

  /** As a real store does in peace: what was written is flushed, unless it has failed. */
  @Override
  public synchronized void close() {
    if (!closed && !disk.isDead()) {
      disk.failAfter(Long.MAX_VALUE);
      flush();
    }
    closed = true;
  }

  /**
   * What is on the disk after a crash that lost every batch not flushed. This store is dead then.
   */
  public MemoryOrderedStore crash() {
    return disk.crash(false).survivor(0);
  }

  /** What is on the disk after a crash that kept any number of the first batches not flushed. */
  public MemoryOrderedStore crash(RandomGenerator random) {
    var survivor = disk.crash(random.nextBoolean());
    return survivor.survivor(random.nextInt(survivor.unflushed.size() + 1));
  }

  /** The rows again, after {@link #close}, as the next process finds them. */
  public MemoryOrderedStore reopen() {
    var current = disk.crash(true);
    if (!current.closed) {
      throw new IllegalStateException("still open");
    }
    return current.survivor(0);
  }

  /**
   * Lets this many more operations pass; the one after them and all later ones fail, on every store
   * of the disk.
   */
  public void failAfter(long operations) {
    disk.failAfter(operations);
  }

  /**
   * Lets the next step of this kind fail, and all later operations, on every store of the disk.
   *
   * @param isDone whether the step still happens; known of writes, flushes and forces only
   */
  public void failAt(Step step, boolean isDone) {
    disk.failAt(step, isDone);
  }

  /** Takes back what {@link #failAt} has asked for and what has not happened yet. */
  public void failNoMore() {
    disk.failNoMore();
  }

  /** Whether the disk has failed an operation. */
  public boolean hasFailed() {
    return disk.hasFailed();
  }

  /** All rows as written, in order of key; for comparisons. The arrays are not copied. */
  public synchronized List<Map.Entry<byte[], byte[]>> rows() {
    var rows = new ArrayList<Map.Entry<byte[], byte[]>>(written.size());
    written.forEach((key, value) -> rows.add(Map.entry(key, value)));
    return rows;
  }

  private synchronized MemoryOrderedStore survivor(int batchesKept) {
    closed = true;
    unflushed.subList(0, batchesKept).forEach(batch -> run(batch, flushed));
    return new MemoryOrderedStore(flushed);
  }

  private static void visit(
      NavigableMap<byte[], byte[]> rows, BiPredicate<byte[], byte[]> visitor) {
    for (var row : rows.entrySet()) {
      if (!visitor.test(row.getKey(), row.getValue())) {
        return;
      }
    }
  }

  private static NavigableMap<byte[], byte[]> sorted() {
    return new TreeMap<>(Arrays::compareUnsigned);
  }

  private static void run(Batch batch, NavigableMap<byte[], byte[]> rows) {
    for (var operation : batch.operations()) {
      switch (operation) {
        case Operation.Put(byte[] key, byte[] value) -> rows.put(key, value);
        case Operation.Delete(byte[] key) -> rows.remove(key);
      }
    }
  }

  private void begin(String what, Step step) {
    disk.begin(step);
    use(what);
  }

  private void use(String what) {
    if (closed) {
      throw new IllegalStateException(what + " on a store that is closed");
    }
    disk.use(what);
  }
}
