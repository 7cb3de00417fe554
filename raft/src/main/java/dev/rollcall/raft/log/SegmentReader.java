package dev.rollcall.raft.log;

import dev.rollcall.raft.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Optional;

/** Reads the batches of one segment and believes only what its checksums confirm. */
final class SegmentReader {
  private static final int SEARCH_BYTES = 1 << 16;

  private final Disk disk;
  private final Segment segment;
  private final FileWindow window;
  private final SegmentChecksum checksum;
  private final long sizeBytes;

  SegmentReader(Disk disk, Segment segment, FileWindow window) throws IOException {
    this.disk = disk;
    this.segment = segment;
    this.window = window;
    this.checksum = segment.checksum();
    this.sizeBytes = segment.file().sizeBytes();
  }

  /** The header at the beginning of a file; empty when it is damaged or was never written. */
  static Optional<SegmentHeader> segmentHeader(
      DiskFile file, long segmentId, String path, FileWindow window) throws IOException {
    ByteBuffer preamble = window.at(file, 0, SegmentHeaderCodec.PREAMBLE_BYTES).slice();
    Optional<Integer> length = SegmentHeaderCodec.lengthBytes(preamble);
    if (length.isEmpty() || length.get() > file.sizeBytes()) {
      return Optional.empty();
    }
    ByteBuffer header = window.at(file, 0, length.get()).slice();
    return SegmentHeaderCodec.decode(header, segmentId, path);
  }

  Segment segment() {
    return segment;
  }

  /** Where an operator finds the file. */
  String path() {
    return disk.path(segment.name());
  }

  /** The batch that begins at {@code position}, as far as it is undamaged. */
  Found batch(long position) throws IOException {
    ByteBuffer bytes = window.at(segment.file(), position, BatchHeaderCodec.BYTES);
    Optional<BatchHeader> header = decode(bytes, bytes.position(), position);
    if (header.isEmpty() || header.get().lengthBytes() > sizeBytes - position) {
      return new Found.Nothing();
    }
    bytes = window.at(segment.file(), position, header.get().lengthBytes());
    int headerChecksum = BatchHeaderCodec.checksumOf(bytes, bytes.position());
    ByteBuffer payload = bytes.position(bytes.position() + BatchHeaderCodec.BYTES);
    return checksum.of(payload, payload.position(), payload.remaining())
            == header.get().payloadChecksum()
        ? new Found.Whole(header.get(), headerChecksum, payload)
        : new Found.HeaderOnly(header.get());
  }

  /**
   * Looks in the rest of the segment for a batch that was written when {@code sequence} had already
   * been forced.
   */
  Optional<BatchHeader> witnessOf(long sequence, long from) throws IOException {
    var witness = new ArrayList<BatchHeader>(1);
    search(
        segment.file(),
        from,
        window,
        (bytes, at, position) -> {
          decode(bytes, at, position)
              .filter(header -> header.durable().sequence() >= sequence)
              .ifPresent(witness::add);
          return !witness.isEmpty();
        });
    return witness.stream().findFirst();
  }

  private static boolean search(DiskFile file, long from, FileWindow window, Match match)
      throws IOException {
    long end = file.sizeBytes();
    for (long base = from; base + BatchHeaderCodec.BYTES <= end; base += SEARCH_BYTES) {
      int length = SEARCH_BYTES + BatchHeaderCodec.BYTES - BatchHeaderCodec.ALIGNMENT;
      ByteBuffer bytes = window.at(file, base, length);
      int start = bytes.position();
      int last = bytes.limit() - BatchHeaderCodec.BYTES;
      for (int at = start; at <= last; at += BatchHeaderCodec.ALIGNMENT) {
        if (BatchHeaderCodec.mayBeginAt(bytes, at) && match.found(bytes, at, base + at - start)) {
          return true;
        }
      }
    }
    return false;
  }

  private Optional<BatchHeader> decode(ByteBuffer bytes, int at, long position) {
    try {
      return BatchHeaderCodec.decode(bytes, at, checksum);
    } catch (IllegalArgumentException e) {
      throw new UnknownFormat(path(), e.getMessage() + " at offset " + position);
    }
  }

  @FunctionalInterface
  private interface Match {
    boolean found(ByteBuffer bytes, int at, long position);
  }

  /** What stands at a place where a batch may begin. */
  sealed interface Found {
    /** No batch, or one whose header is damaged. */
    record Nothing() implements Found {}

    /** A header whose entries are damaged. */
    record HeaderOnly(BatchHeader header) implements Found {}

    /**
     * A whole batch.
     *
     * @param payload valid until the reader is used again
     */
    record Whole(BatchHeader header, int headerChecksum, ByteBuffer payload) implements Found {}
  }
}
