package dev.rollcall.raft.log;

import dev.rollcall.raft.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The file that becomes the next segment, filled with zeros piece by piece so that appending to it
 * later changes no file size and allocates nothing (about half the time of a force). Until a header
 * is in it, a start takes it for what it is and removes it.
 */
final class SpareSegment {
  /** What one call of {@link #grow} writes: a few milliseconds. */
  static final int PIECE_BYTES = 1 << 20;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

  private final Disk disk;
  private final Segment segment;
  private long zeroedBytes;
  private boolean durable;

  private SpareSegment(Disk disk, Segment segment) {
    this.disk = disk;
    this.segment = segment;
  }

  static SpareSegment create(Disk disk, long id) throws IOException {
    DiskFile file = disk.create(Segment.name(id), 0);
    return new SpareSegment(disk, new Segment(id, disk.salt(), file));
  }

  Segment segment() {
    return segment;
  }

  long zeroedBytes() {
    return zeroedBytes;
  }

  /** Writes and forces the next piece; makes the file itself durable with the last one. */
  void grow(long segmentBytes) throws IOException {
    zero(Math.min(segmentBytes, zeroedBytes + PIECE_BYTES));
    segment.file().force();
    if (zeroedBytes == segmentBytes) {
      disk.forceDirectory();
      durable = true;
    }
  }

  boolean isReady(long segmentBytes) {
    return durable && zeroedBytes >= segmentBytes;
  }

  /** Does at once what is left, also for a segment larger than usual. */
  void finish(long segmentBytes) throws IOException {
    if (!isReady(segmentBytes)) {
      zero(segmentBytes);
      segment.file().force();
      disk.forceDirectory();
      durable = true;
    }
  }

  private void zero(long end) throws IOException {
    while (zeroedBytes < end) {
      ByteBuffer piece = ZEROS.duplicate();
      piece.limit((int) Math.min(piece.capacity(), end - zeroedBytes));
      segment.file().write(piece, zeroedBytes);
      zeroedBytes += piece.limit();
    }
  }
}
