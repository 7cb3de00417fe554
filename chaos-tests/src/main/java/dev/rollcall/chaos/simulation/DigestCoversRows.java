package dev.rollcall.chaos.simulation;

import dev.rollcall.store.Digest;
import dev.rollcall.store.OrderedStore;
import dev.rollcall.store.OrderedStore.Operation;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Rows whose digest is counted a second time: over every row of every entry, sets and removals. The
 * nodes compare nothing but digests, so what one leaves out may differ for ever.
 */
final class DigestCoversRows implements OrderedStore {
  /** Key of the one row that no digest covers: when it is written differs from node to node. */
  private static final byte[] COUNTERS = {'m'};

  private final OrderedStore rows;
  private final MessageDigest sha256;
  private byte[] digest = new byte[Digest.BYTES];
  private List<Operation> lastWritten = List.of();

  DigestCoversRows(OrderedStore rows) {
    this.rows = rows;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** An entry was applied by itself; what the store says of it must cover what it wrote. */
  void require(long index, Digest told) {
    sha256.update(digest);
    add(index);
    for (Operation operation : lastWritten) {
      switch (operation) {
        case Operation.Put(byte[] key, byte[] value) -> {
          if (!Arrays.equals(key, COUNTERS)) {
            add(key.length);
            sha256.update(key);
            add(value.length);
            sha256.update(value);
          }
        }
        case Operation.Delete(byte[] key) -> {
          add(key.length);
          sha256.update(key);
          add(-1);
        }
      }
    }
    lastWritten = List.of();
    digest = sha256.digest();
    if (!Arrays.equals(told.toBytes(), digest)) {
      throw new Invariant.Broken(
          "DigestCoversRows", "the digest at " + index + " is not that of the rows written");
    }
  }

  @Override
  public void write(Batch batch) {
    var all = new ArrayList<>(lastWritten);
    all.addAll(batch.operations());
    lastWritten = all;
    rows.write(batch);
  }

  @Override
  public Optional<byte[]> get(byte[] key) {
    return rows.get(key);
  }

  @Override
  public Optional<byte[]> getFlushed(byte[] key) {
    return rows.getFlushed(key);
  }

  @Override
  public void scan(byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
    rows.scan(from, to, visitor);
  }

  @Override
  public View pin() {
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

  private void add(long value) {
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(0, value).array());
  }
}
