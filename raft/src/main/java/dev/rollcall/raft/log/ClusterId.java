package dev.rollcall.raft.log;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Identity of a cluster: 128 bits derived from its first members; outlives restores. */
public record ClusterId(long high, long low) {
  /** Length of {@link #bytes}. */
  public static final int BYTES = 16;

  /**
   * Takes 16 bytes, as they are on the wire.
   *
   * @throws IllegalArgumentException when there are more or fewer
   */
  public static ClusterId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a cluster id has 16 bytes, not " + bytes.length);
    }
    var buffer = ByteBuffer.wrap(bytes);
    return new ClusterId(buffer.getLong(), buffer.getLong());
  }

  /** What {@link #of} takes. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  /** 32 hex digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
