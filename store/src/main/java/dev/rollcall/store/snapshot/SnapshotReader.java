package dev.rollcall.store.snapshot;

import dev.rollcall.store.OrderedStore;
import dev.rollcall.store.snapshot.Records.Progress;
import dev.rollcall.store.snapshot.Records.Tally;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes a snapshot of pinned rows, chunk by chunk. Any thread, one at a time; a chunk costs a
 * search and a range read.
 */
public final class SnapshotReader implements AutoCloseable {
  private static final int POSITION_FIXED_BYTES = Long.BYTES + Records.DIGEST_BYTES;

  private final OrderedStore.View rows;
  private final byte[] firstKey;
  private final long lastApplied;

  /**
   * Of rows that it closes in the end.
   *
   * @param firstKey rows before it stay here
   * @param lastApplied index of the entry that the rows are as of
   */
  public SnapshotReader(OrderedStore.View rows, byte[] firstKey, long lastApplied) {
    this.rows = rows;
    this.firstKey = firstKey;
    this.lastApplied = lastApplied;
  }

  /** Index of the entry that the snapshot is as of. */
  public long lastApplied() {
    return lastApplied;
  }

  /**
   * The chunk that follows on a position; the same for the same arguments, whenever it is asked
   * for.
   *
   * @param after of the chunk before; empty for the first
   * @param bytesMax after which the chunk gets no further row; one row it has however long it is
   * @throws IllegalArgumentException when {@code after} is no position
   */
  public Chunk chunk(byte[] after, int bytesMax) {
    var piece = new Piece(after, bytesMax);
    rows.scan(piece.from, piece::add);
    return piece.chunk();
  }

  @Override
  public void close() {
    rows.close();
  }

  /** A chunk in the making. */
  private final class Piece {
    private final int bytesMax;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final Tally tally;
    private final byte[] from;
    private byte[] lastKey;
    private boolean hasRow;
    private boolean isFull;

    private Piece(byte[] after, int bytesMax) {
      this.bytesMax = bytesMax;
      if (after.length == 0) {
        byte[] header = Records.header(lastApplied);
        body.writeBytes(header);
        tally = new Tally(Progress.afterHeader(header));
        from = firstKey;
        lastKey = after;
        return;
      }
      if (after.length <= POSITION_FIXED_BYTES) {
        throw new IllegalArgumentException("a position of %d bytes".formatted(after.length));
      }
      var in = ByteBuffer.wrap(after);
      long count = in.getLong();
      byte[] digest = new byte[Records.DIGEST_BYTES];
      in.get(digest);
      lastKey = new byte[in.remaining()];
      in.get(lastKey);
      tally = new Tally(new Progress(count, digest));
      // The least key above it.
      from = Arrays.copyOf(lastKey, lastKey.length + 1);
    }

    private boolean add(byte[] key, byte[] value) {
      if (hasRow && body.size() >= bytesMax) {
        isFull = true;
        return false;
      }
      byte[] row = Records.row(key, value);
      body.writeBytes(row);
      tally.add(ByteBuffer.wrap(row));
      lastKey = key;
      hasRow = true;
      return true;
    }

    private Chunk chunk() {
      if (!isFull) {
        body.writeBytes(Records.end(tally.progress()));
      }
      byte[] bytes = body.toByteArray();
      var framed =
          ByteBuffer.allocate(Records.FRAME_BYTES + bytes.length)
              .putInt(bytes.length)
              .putInt(Records.crc(ByteBuffer.wrap(bytes)))
              .put(bytes);
      return new Chunk(framed.array(), position(), !isFull);
    }

    private byte[] position() {
      var progress = tally.progress();
      return ByteBuffer.allocate(POSITION_FIXED_BYTES + lastKey.length)
          .putLong(progress.rows())
          .put(progress.digest())
          .put(lastKey)
          .array();
    }
  }
}
