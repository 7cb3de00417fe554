package dev.rollcall.client.snapshot;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Verifies the chunks of a snapshot as they arrive: the checksum of each, and at the end the number
 * of rows and the digest over them, which is SHA-256 of the header, then with each row SHA-256 of
 * itself and the row. docs/backup.md has the bytes. One thread.
 */
final class ChunkCheck {
  private static final byte HEADER = 1;
  private static final byte ROW = 2;
  private static final byte END = 3;
  private static final int HEADER_BYTES = 1 + Short.BYTES + Long.BYTES;
  private static final int ROW_FIXED_BYTES = 1 + Integer.BYTES + Integer.BYTES;
  private static final int DIGEST_BYTES = 32;

  private final MessageDigest sha256 = sha256();
  private final byte[] digest = new byte[DIGEST_BYTES];
  private long rows;
  private boolean hasHeader;
  private boolean isWhole;

  /** Takes the next chunk. */
  void add(byte[] chunk) throws DamagedChunk {
    var in = ByteBuffer.wrap(chunk);
    try {
      boolean isFramed = in.getInt() == chunk.length - 2 * Integer.BYTES;
      if (!isFramed || in.getInt() != crc(in)) {
        throw new DamagedChunk(
            "a chunk of %d bytes does not fit its checksum".formatted(chunk.length));
      }
      while (in.hasRemaining()) {
        addRecord(in);
      }
    } catch (BufferUnderflowException | IllegalArgumentException | DigestException e) {
      throw new DamagedChunk("a record is cut off");
    }
  }

  /** Rows so far. */
  long rows() {
    return rows;
  }

  /** Whether the end was there, and fits what came before. */
  boolean isWhole() {
    return isWhole;
  }

  private void addRecord(ByteBuffer in) throws DamagedChunk, DigestException {
    int start = in.position();
    byte kind = in.get(start);
    if (isWhole || hasHeader == (kind == HEADER)) {
      throw new DamagedChunk("a record of kind %d is out of its place".formatted(kind));
    }
    switch (kind) {
      case HEADER -> {
        hasHeader = true;
        digestTo(in, HEADER_BYTES);
      }
      case ROW -> {
        rows++;
        sha256.update(digest);
        digestTo(in, ROW_FIXED_BYTES + in.getInt(start + 1) + in.getInt(start + 1 + Integer.BYTES));
      }
      case END -> end(in);
      default -> throw new DamagedChunk("a record of kind %d".formatted(kind));
    }
  }

  private void digestTo(ByteBuffer in, int length) throws DigestException {
    sha256.update(in.slice(in.position(), length));
    sha256.digest(digest, 0, DIGEST_BYTES);
    in.position(in.position() + length);
  }

  private void end(ByteBuffer in) throws DamagedChunk {
    in.get();
    long count = in.getLong();
    byte[] expected = new byte[DIGEST_BYTES];
    in.get(expected);
    if (count != rows || !Arrays.equals(expected, digest)) {
      throw new DamagedChunk("%d rows of %d, or others".formatted(rows, count));
    }
    isWhole = true;
  }

  private static int crc(ByteBuffer body) {
    var crc = new CRC32C();
    crc.update(body.duplicate());
    return (int) crc.getValue();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
