package dev.rollcall.raft.log;

import dev.rollcall.raft.core.HardState;
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

  /** Writes the header at the position given; returns its checksum. */
  static int encode(BatchHeader header, ByteBuffer target, int position, SegmentChecksum checksum) {
    ByteBuffer out = target.slice(position, BYTES);
    out.putInt(MAGIC).putInt(0);
    out.putInt(header.lengthBytes()).putInt(header.payloadChecksum());
    out.putLong(header.sequence());
    out.putLong(header.durable().sequence()).putLong(header.durable().index());
    out.putLong(header.commitIndex()).putLong(header.firstIndex());
    out.putInt(header.count()).putInt(header.previousChecksum());
    HardStateCodec.put(out, header.hardState());
    out.putInt(header.kind().code());
    int value = checksum.of(out, CHECKED_FROM, BYTES - CHECKED_FROM);
    out.putInt(CHECKSUM_AT, value);
    return value;
  }

  /** Whether a header may begin here; cheap, for searching. */
  static boolean mayBeginAt(ByteBuffer in, int position) {
    return in.getInt(position) == MAGIC;
  }

  /** Checksum of a header that {@link #decode} has accepted. */
  static int checksumOf(ByteBuffer in) {
    return in.getInt(CHECKSUM_AT);
  }

  /**
   * Reads a header; empty when it is none or damaged.
   *
   * @throws IllegalArgumentException when it is whole and of a later version
   */
  static Optional<BatchHeader> decode(ByteBuffer in, SegmentChecksum checksum) {
    if (in.remaining() < BYTES
        || !mayBeginAt(in, 0)
        || in.getInt(CHECKSUM_AT) != checksum.of(in, CHECKED_FROM, BYTES - CHECKED_FROM)) {
      return Optional.empty();
    }
    ByteBuffer fields = in.slice(CHECKED_FROM, BYTES - CHECKED_FROM);
    int length = fields.getInt();
    int payloadChecksum = fields.getInt();
    long sequence = fields.getLong();
    var durable = new BatchHeader.Durable(fields.getLong(), fields.getLong());
    long commitIndex = fields.getLong();
    long firstIndex = fields.getLong();
    int count = fields.getInt();
    int previousChecksum = fields.getInt();
    HardState hardState = HardStateCodec.read(fields);
    BatchKind kind = BatchKind.ofCode(fields.getInt());
    return Optional.of(
        new BatchHeader(
            kind,
            length,
            payloadChecksum,
            sequence,
            previousChecksum,
            durable,
            hardState,
            commitIndex,
            firstIndex,
            count));
  }
}
