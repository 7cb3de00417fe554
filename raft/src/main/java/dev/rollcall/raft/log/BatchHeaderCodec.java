package dev.rollcall.raft.log;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Bytes of a {@link BatchHeader}; docs/log-format.md has the layout. */
final class BatchHeaderCodec {
  /** Length of a header. */
  static final int BYTES = 96;

  /** Batches and the entries in them begin at multiples of this. */
  static final int ALIGNMENT = 8;

  private static final int MAGIC = 0x52434254; // RCBT
  private static final int CHECKSUM_AT = 4;
  private static final int CHECKED_FROM = 8;

  private BatchHeaderCodec() {}

  /** Writes the header into {@code out} from {@code at} on; returns its checksum. */
  static int encode(BatchHeader header, ByteBuffer out, int at, SegmentChecksum checksum) {
    out.putInt(at, MAGIC);
    out.putInt(at + 8, header.lengthBytes()).putInt(at + 12, header.payloadChecksum());
    out.putLong(at + 16, header.sequence());
    out.putLong(at + 24, header.durable().sequence()).putLong(at + 32, header.durable().index());
    out.putLong(at + 40, header.commitIndex());
    out.putLong(at + 48, header.firstIndex()).putInt(at + 56, header.count());
    out.putInt(at + 60, header.previousChecksum());
    HardStateCodec.put(out, at + 64, header.hardState());
    out.putInt(at + 92, header.kind().code());
    int value = checksum.of(out, at + CHECKED_FROM, BYTES - CHECKED_FROM);
    out.putInt(at + CHECKSUM_AT, value);
    return value;
  }

  /** Whether a header may begin here; cheap, for searching. */
  static boolean mayBeginAt(ByteBuffer in, int at) {
    return in.getInt(at) == MAGIC;
  }

  /** Checksum of a header that {@link #decode} has accepted. */
  static int checksumOf(ByteBuffer in, int at) {
    return in.getInt(at + CHECKSUM_AT);
  }

  /**
   * Reads the header at {@code at}; empty when it is none or damaged, or the buffer ends before it.
   *
   * @throws IllegalArgumentException when it is whole and of a later version
   */
  static Optional<BatchHeader> decode(ByteBuffer in, int at, SegmentChecksum checksum) {
    if (in.limit() - at < BYTES
        || !mayBeginAt(in, at)
        || checksumOf(in, at) != checksum.of(in, at + CHECKED_FROM, BYTES - CHECKED_FROM)) {
      return Optional.empty();
    }
    return Optional.of(
        new BatchHeader(
            BatchKind.ofCode(in.getInt(at + 92)),
            in.getInt(at + 8),
            in.getInt(at + 12),
            in.getLong(at + 16),
            in.getInt(at + 60),
            new BatchHeader.Durable(in.getLong(at + 24), in.getLong(at + 32)),
            HardStateCodec.read(in, at + 64),
            in.getLong(at + 40),
            in.getLong(at + 48),
            in.getInt(at + 56)));
  }
}
