package dev.rollcall.store.snapshot;

import dev.rollcall.store.UnknownFormat;
import dev.rollcall.store.snapshot.Records.Progress;
import dev.rollcall.store.snapshot.Records.Tally;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a snapshot apart, chunk by chunk, and finds out whether it is whole: checksums, order, the
 * number of rows and the digest over them. Keeps nothing but the last key. Any thread, one at a
 * time. After a {@link DamagedSnapshot} it is of no more use.
 */
public final class SnapshotScanner {
  private byte[] lastKey = {};
  private @Nullable Tally tally;
  private long lastApplied;
  private boolean isWhole;

  /**
   * Reads the next chunk.
   *
   * @param rows given each row's key and value, once the chunk's checksum was found right
   * @throws DamagedSnapshot when it is damaged, or does not follow on the chunks before
   * @throws UnknownFormat when a later version made the snapshot
   */
  public void add(byte[] chunk, BiConsumer<byte[], byte[]> rows) {
    var body = body(chunk);
    while (body.hasRemaining()) {
      try {
        add(body, rows);
      } catch (BufferUnderflowException e) {
        throw new DamagedSnapshot("a record is cut off");
      }
    }
  }

  /** Whether the end was read, and fits what came before. */
  public boolean isWhole() {
    return isWhole;
  }

  /** Rows read so far. */
  public long rows() {
    var soFar = tally;
    return soFar == null ? 0 : soFar.progress().rows();
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

  private void add(ByteBuffer body, BiConsumer<byte[], byte[]> rows) {
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
      case Records.ROW -> readRow(body, start, soFar, rows);
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

  private void readRow(ByteBuffer body, int start, Tally soFar, BiConsumer<byte[], byte[]> rows) {
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
    rows.accept(key, value);
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
