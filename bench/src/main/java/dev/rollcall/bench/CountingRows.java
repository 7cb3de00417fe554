package dev.rollcall.bench;

import dev.rollcall.store.OrderedStore;
import java.util.Optional;
import java.util.function.BiPredicate;

/** Rows that count what is asked of the engine beneath. One thread. */
final class CountingRows implements OrderedStore {
  private final OrderedStore rows;
  private long batches;
  private long written;
  private long reads;

  CountingRows(OrderedStore rows) {
    this.rows = rows;
  }

  /** Batches written so far. */
  long batches() {
    return batches;
  }

  /** Rows set or removed so far. */
  long written() {
    return written;
  }

  /** Rows or ranges asked for so far. */
  long reads() {
    return reads;
  }

  @Override
  public void write(Batch batch) {
    batches++;
    written += batch.operations().size();
    rows.write(batch);
  }

  @Override
  public Optional<byte[]> get(byte[] key) {
    reads++;
    return rows.get(key);
  }

  @Override
  public Optional<byte[]> getFlushed(byte[] key) {
    reads++;
    return rows.getFlushed(key);
  }

  @Override
  public void scan(byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
    reads++;
    rows.scan(from, to, visitor);
  }

  @Override
  public View pin() {
    reads++;
    return rows.pin();
  }

  @Override
  public Staged stage() {
    return rows.stage();
  }

  @Override
  public void flush() {
    rows.flush();
  }

  @Override
  public void close() {
    rows.close();
  }
}
