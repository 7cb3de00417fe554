package dev.rollcall.store.snapshot;

import dev.rollcall.store.Invariant;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/** The bytes of a snapshot's records, and the digest over them; see the package. */
final class Records {
  /** Rises when an older version could not read the snapshot; chunk and header never change. */
  static final int FORMAT = 1;

  static final byte HEADER = 1;
  static final byte ROW = 2;
  static final byte END = 3;

  static final int HEADER_BYTES = 1 + Short.BYTES + Long.BYTES;
  static final int ROW_FIXED_BYTES = 1 + Integer.BYTES + Integer.BYTES;
  static final int DIGEST_BYTES = 32;
  static final int END_BYTES = 1 + Long.BYTES + DIGEST_BYTES;
  static final int FRAME_BYTES = Integer.BYTES + Integer.BYTES;

  private Records() {}

  static byte[] header(long lastApplied) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .put(HEADER)
        .putShort((short) FORMAT)
        .putLong(lastApplied)
        .array();
  }

  static byte[] row(byte[] key, byte[] value) {
    return ByteBuffer.allocate(ROW_FIXED_BYTES + key.length + value.length)
        .put(ROW)
        .putInt(key.length)
        .putInt(value.length)
        .put(key)
        .put(value)
        .array();
  }

  static byte[] end(Progress progress) {
    return ByteBuffer.allocate(END_BYTES)
        .put(END)
        .putLong(progress.rows())
        .put(progress.digest())
        .array();
  }

  static int crc(ByteBuffer body) {
    var crc = new CRC32C();
    crc.update(body.duplicate());
    return (int) crc.getValue();
  }

  /** How many rows there were, and the digest over them. */
  // Nobody compares or changes it.
  @SuppressWarnings("ArrayRecordComponent")
  record Progress(long rows, byte[] digest) {
    static Progress afterHeader(byte[] header) {
      return new Progress(0, sha256().digest(header));
    }
  }

  /** Counts and digests rows, one after the other. */
  static final class Tally {
    private final MessageDigest sha256 = sha256();
    private long rows;
    private byte[] digest;

    Tally(Progress before) {
      rows = before.rows();
      digest = before.digest();
    }

    void add(ByteBuffer row) {
      rows++;
      sha256.update(digest);
      sha256.update(row.duplicate());
      digest = sha256.digest();
    }

    Progress progress() {
      return new Progress(rows, digest);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new Invariant.Violation("every Java platform has SHA-256", e);
    }
  }
}
