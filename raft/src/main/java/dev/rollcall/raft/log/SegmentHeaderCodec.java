package dev.rollcall.raft.log;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Bytes of a {@link SegmentHeader}; docs/log-format.md has the layout. Magic, version, length and
 * checksum stay where they are in every version to come, so that a whole header of a later version
 * can be told from a damaged one.
 */
final class SegmentHeaderCodec {
  /** Headers fill whole sectors, so that no batch shares one with them. */
  static final int SECTOR_BYTES = 512;

  /** Bytes to read before {@link #lengthBytes} can say how long the header is. */
  static final int PREAMBLE_BYTES = 20;

  private static final long MAGIC = 0x524f4c4c434c4f47L; // ROLLCLOG
  private static final int VERSION = 1;
  private static final int VERSION_AT = 8;
  private static final int LENGTH_AT = 12;
  private static final int CHECKSUM_AT = 16;
  private static final int HARD_STATE_AT = 116;
  private static final int FIXED_BYTES = 172;
  private static final int LENGTH_MAX = 1 << 20;

  private SegmentHeaderCodec() {}

  /** Length of the header: where the first batch begins. */
  static int lengthBytes(SegmentHeader header) {
    return roundUp(FIXED_BYTES + configurationBytes(header).length);
  }

  static ByteBuffer encode(SegmentHeader header) {
    byte[] configuration = configurationBytes(header);
    int length = lengthBytes(header);
    var out = ByteBuffer.allocateDirect(length);
    out.putLong(MAGIC).putInt(VERSION).putInt(length).putInt(0);
    putIdentity(out, header.identity());
    out.putLong(header.segmentId()).putLong(header.salt());
    out.putLong(header.previous().index() + 1).putLong(header.previous().term());
    out.putLong(header.firstSequence()).putInt(header.previousChecksum());
    HardStateCodec.put(out, HARD_STATE_AT, header.hardState());
    out.position(HARD_STATE_AT + HardStateCodec.BYTES);
    out.putLong(header.commitIndex()).putLong(header.durableSequence());
    out.putLong(header.configuration().map(ConfigurationAt::index).orElse(0L));
    out.putInt(configuration.length).put(configuration);
    out.clear();
    return out.putInt(CHECKSUM_AT, checksum(out, header.segmentId(), length));
  }

  /** Length that the preamble claims, when it may be that of a header at all. */
  static Optional<Integer> lengthBytes(ByteBuffer preamble) {
    if (preamble.remaining() < PREAMBLE_BYTES || preamble.getLong(0) != MAGIC) {
      return Optional.empty();
    }
    int length = preamble.getInt(LENGTH_AT);
    boolean possible = length >= SECTOR_BYTES && length <= LENGTH_MAX && length % 8 == 0;
    return possible ? Optional.of(length) : Optional.empty();
  }

  /**
   * Reads a header of {@link #lengthBytes} bytes; empty when it is damaged.
   *
   * @param file for the message
   * @throws UnknownFormat when it is whole and of a later version
   */
  static Optional<SegmentHeader> decode(ByteBuffer in, long segmentId, String file) {
    int length = in.remaining();
    if (in.getInt(CHECKSUM_AT) != checksum(in, segmentId, length)) {
      return Optional.empty();
    }
    int version = in.getInt(VERSION_AT);
    if (version != VERSION) {
      throw new UnknownFormat(file, "log format " + version + ", this one reads " + VERSION);
    }
    ByteBuffer fields = in.position(PREAMBLE_BYTES);
    LogIdentity identity = identity(fields);
    long id = fields.getLong();
    long salt = fields.getLong();
    long baseIndex = fields.getLong();
    var previous = new EntryId(fields.getLong(), baseIndex - 1);
    long firstSequence = fields.getLong();
    int previousChecksum = fields.getInt();
    HardState hardState = HardStateCodec.read(fields, HARD_STATE_AT);
    fields.position(HARD_STATE_AT + HardStateCodec.BYTES);
    long commitIndex = fields.getLong();
    long durableSequence = fields.getLong();
    return Optional.of(
        new SegmentHeader(
            identity,
            id,
            salt,
            previous,
            firstSequence,
            previousChecksum,
            hardState,
            commitIndex,
            durableSequence,
            configuration(fields, file)));
  }

  private static byte[] configurationBytes(SegmentHeader header) {
    return header
        .configuration()
        .map(at -> at.configuration().encode().bytes())
        .orElse(new byte[0]);
  }

  private static void putIdentity(ByteBuffer out, LogIdentity identity) {
    out.putInt(identity.groupId());
    out.putLong(identity.clusterId().high()).putLong(identity.clusterId().low());
    out.putLong(identity.historyId().high()).putLong(identity.historyId().low());
    out.putLong(identity.nodeId().high()).putLong(identity.nodeId().low());
  }

  private static LogIdentity identity(ByteBuffer in) {
    int groupId = in.getInt();
    return new LogIdentity(
        new ClusterId(in.getLong(), in.getLong()),
        new HistoryId(in.getLong(), in.getLong()),
        new NodeId(in.getLong(), in.getLong()),
        groupId);
  }

  private static Optional<ConfigurationAt> configuration(ByteBuffer in, String file) {
    long index = in.getLong();
    var bytes = new byte[in.getInt()];
    if (bytes.length == 0) {
      return Optional.empty();
    }
    in.get(bytes);
    try {
      return Optional.of(new ConfigurationAt(index, Configuration.decode(Payload.wrap(bytes))));
    } catch (IllegalArgumentException e) {
      throw new UnknownFormat(file, "configuration: " + e.getMessage());
    }
  }

  private static int checksum(ByteBuffer bytes, long segmentId, int length) {
    var checksum = SegmentChecksum.ofHeader(segmentId);
    checksum.begin();
    checksum.add(bytes, 0, CHECKSUM_AT);
    checksum.add(bytes, PREAMBLE_BYTES, length - PREAMBLE_BYTES);
    return checksum.value();
  }

  private static int roundUp(int bytes) {
    return (bytes + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
  }
}
