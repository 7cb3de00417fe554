package dev.rollcall.raft.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC32C seeded with the id and the salt of a segment: bytes that an earlier use of the same file
 * left behind never look valid, and neither does anything that a client has put into a payload. One
 * thread at a time.
 */
final class SegmentChecksum {
  private final CRC32C crc = new CRC32C();
  private final byte[] seed;

  /** For the batches of a segment. */
  SegmentChecksum(long segmentId, long salt) {
    this.seed = ByteBuffer.allocate(2 * Long.BYTES).putLong(segmentId).putLong(salt).array();
  }

  /** For the header of a segment, which holds the salt. */
  static SegmentChecksum ofHeader(long segmentId) {
    return new SegmentChecksum(segmentId, 0);
  }

  int of(ByteBuffer bytes, int position, int length) {
    begin();
    add(bytes, position, length);
    return value();
  }

  void begin() {
    crc.reset();
    crc.update(seed, 0, seed.length);
  }

  void add(ByteBuffer bytes, int position, int length) {
    int ownPosition = bytes.position();
    int ownLimit = bytes.limit();
    crc.update(bytes.limit(position + length).position(position));
    bytes.limit(ownLimit).position(ownPosition);
  }

  int value() {
    return (int) crc.getValue();
  }
}
