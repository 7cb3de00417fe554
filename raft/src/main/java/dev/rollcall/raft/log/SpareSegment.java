package dev.rollcall.raft.log;

import dev.rollcall.raft.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file that may become the next segment: written in full before, so that appending to it changes
 * no file size and allocates nothing (about half the time of a force, and no full disk). A new one
 * is filled with zeros piece by piece; one that was a segment keeps its old bytes, which the salt
 * of the next use makes worthless.
 *
 * <p>It gets the name of a segment with its header durable in it, never before.
 */
final class SpareSegment {
  /** What one call of {@link #grow} writes: a few milliseconds. */
  static final int PIECE_BYTES = 1 << 20;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

  private final String name;
  private final DiskFile file;
  private long allocatedBytes;
  private long forcedBytes;

  private SpareSegment(String name, DiskFile file, long allocatedBytes) {
    this.name = name;
    this.file = file;
    this.allocatedBytes = allocatedBytes;
    this.forcedBytes = allocatedBytes;
  }

  /** An empty file, to be grown. */
  static SpareSegment create(Disk disk, String name) throws IOException {
    return new SpareSegment(name, disk.create(name, 0), 0);
  }

  /** A file that has been forced with this length before. */
  static SpareSegment recycled(String name, DiskFile file, long bytes) {
    return new SpareSegment(name, file, bytes);
  }

  String name() {
    return name;
  }

  DiskFile file() {
    return file;
  }

  long allocatedBytes() {
    return allocatedBytes;
  }

  boolean isReady(long segmentBytes) {
    return forcedBytes >= segmentBytes;
  }

  /**
   * Writes the next piece, without making it durable.
   *
   * @throws IOException when there is no room, among other reasons; nothing is lost by it
   */
  void grow(long segmentBytes) throws IOException {
    zero(Math.min(segmentBytes, allocatedBytes + PIECE_BYTES));
  }

  /** Makes what was grown durable. */
  void force() throws IOException {
    if (forcedBytes < allocatedBytes) {
      file.force();
      forcedBytes = allocatedBytes;
    }
  }

  /** Does at once what is left, also for a segment larger than usual. */
  void finish(long segmentBytes) throws IOException {
    zero(segmentBytes);
    force();
  }

  private void zero(long end) throws IOException {
    while (allocatedBytes < end) {
      ByteBuffer piece = ZEROS.duplicate();
      piece.limit((int) Math.min(piece.capacity(), end - allocatedBytes));
      file.write(piece, allocatedBytes);
      allocatedBytes += piece.limit();
    }
  }
}
