package dev.rollcall.store.snapshot;

import dev.rollcall.store.OrderedStore;
import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.UnknownFormat;
import dev.rollcall.store.snapshot.Records.Progress;
import dev.rollcall.store.snapshot.Records.Tally;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a snapshot's rows into an empty store, and finds out whether it is whole. Any thread, one
 * at a time. After a {@link DamagedSnapshot} the store is to be thrown away.
 */
public final class SnapshotWriter {
  private final OrderedStore rows;
  private byte[] lastKey = {};
  private @Nullable Tally tally;
  private long lastApplied;
  private boolean isWhole;

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
    var body = body(chunk);
    var operations = new ArrayList<Operation>();
    try {
      while (body.hasRemaining()) {
        add(body, operations);
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new DamagedSnapshot("a record is cut off");
    }
    if (!operations.isEmpty()) {
      rows.write(new OrderedStore.Batch(operations));
    }
  }

  /** Whether the end was read, and fits what came before. */
  public boolean isWhole() {
    return isWhole;
  }

  /** Index of the entry that the snapshot is as of; once anything was read. */
  public long lastApplied() {
    return lastApplied;
  }

  private static ByteBuffer body(byte[] chunk) {
    var in = ByteBuffer.wrap(chunk);
    if (chunk.length <= Records.FRAME_BYTES
        || in.getInt() != chunk.length - Records.FRAME_BYTES
        || in.getInt() != Records.crc(in)) {
      throw new DamagedSnapshot("a chunk of %d bytes is damaged".formatted(chunk.length));
    }
    return in;
  }

  private void add(ByteBuffer body, List<Operation> operations) {
    int start = body.position();
    byte kind = body.get();
    if (isWhole) {
      throw new DamagedSnapshot("something stands behind its end");
    }
    var soFar = tally;
    if (soFar == null) {
      if (kind != Records.HEADER) {
        throw new DamagedSnapshot("it has no header");
      }
      readHeader(body, start);
      return;
    }
    switch (kind) {
      case Records.ROW -> operations.add(readRow(body, start, soFar));
      case Records.END -> readEnd(body, soFar);
      default -> throw new DamagedSnapshot("a record of kind %d".formatted(kind));
    }
  }

  private void readHeader(ByteBuffer body, int start) {
    int format = Short.toUnsignedInt(body.getShort());
    if (format != Records.FORMAT) {
      throw new UnknownFormat("a snapshot", format, Records.FORMAT);
    }
    lastApplied = body.getLong();
    byte[] header = new byte[Records.HEADER_BYTES];
    body.get(start, header);
    tally = new Tally(Progress.afterHeader(header));
  }

  private Operation readRow(ByteBuffer body, int start, Tally soFar) {
    int keyLength = body.getInt();
    int valueLength = body.getInt();
    if (keyLength < 0 || valueLength < 0 || (long) keyLength + valueLength > body.remaining()) {
      throw new DamagedSnapshot("a row is cut off");
    }
    byte[] key = new byte[keyLength];
    byte[] value = new byte[valueLength];
    body.get(key).get(value);
    if (Arrays.compareUnsigned(key, lastKey) <= 0) {
      throw new DamagedSnapshot("row %s is out of order".formatted(HexFormat.of().formatHex(key)));
    }
    lastKey = key;
    soFar.add(body.slice(start, body.position() - start));
    return new Operation.Put(key, value);
  }

  private void readEnd(ByteBuffer body, Tally soFar) {
    long count = body.getLong();
    byte[] digest = new byte[Records.DIGEST_BYTES];
    body.get(digest);
    var progress = soFar.progress();
    if (count != progress.rows()) {
      throw new DamagedSnapshot("%d rows of %d".formatted(progress.rows(), count));
    }
    if (!Arrays.equals(digest, progress.digest())) {
      throw new DamagedSnapshot("its digest does not fit its rows");
    }
    isWhole = true;
  }
}
