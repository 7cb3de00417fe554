package dev.rollcall.raft.log;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.EntryKind;
import dev.rollcall.raft.core.Payload;
import java.nio.ByteBuffer;

/**
 * Bytes of an entry in a batch: term (8), wall milliseconds (8), length of the payload (4), kind
 * (4), payload, zeros up to a multiple of 8. Its index follows from its place in the batch.
 */
final class EntryCodec {
  private static final int FIXED_BYTES = 24;

  private EntryCodec() {}

  /** Bytes that the entry takes in a batch; beyond the range of int for a monstrous payload. */
  static long lengthBytes(Entry entry) {
    return padded(entry.payload().length());
  }

  static void encode(Entry entry, ByteBuffer out) {
    int length = entry.payload().length();
    out.putLong(entry.term()).putLong(entry.wallMillis());
    out.putInt(length).putInt(entry.kind().code());
    out.put(entry.payload().bytes());
    for (long i = (long) FIXED_BYTES + length; i < padded(length); i++) {
      out.put((byte) 0);
    }
  }

  /** Reads an entry and moves to the next. */
  static Entry decode(ByteBuffer in, long index) {
    var id = new EntryId(in.getLong(in.position()), index);
    EntryKind kind = kind(in);
    long wallMillis = in.getLong(in.position() + Long.BYTES);
    var payload = new byte[payloadLength(in)];
    in.get(in.position() + FIXED_BYTES, payload);
    skip(in);
    return new Entry(id, kind, wallMillis, Payload.wrap(payload));
  }

  /** Term of the entry at the buffer's position. */
  static long term(ByteBuffer in) {
    return in.getLong(in.position());
  }

  /**
   * Kind of the entry at the buffer's position.
   *
   * @throws IllegalArgumentException when a later version wrote it
   */
  static EntryKind kind(ByteBuffer in) {
    return EntryKind.ofCode(in.getInt(in.position() + 20));
  }

  /** Moves to the next entry. */
  static void skip(ByteBuffer in) {
    in.position(in.position() + Math.toIntExact(padded(payloadLength(in))));
  }

  private static int payloadLength(ByteBuffer in) {
    return in.getInt(in.position() + 16);
  }

  private static long padded(int payloadLength) {
    long bytes = (long) FIXED_BYTES + payloadLength;
    return (bytes + BatchHeaderCodec.ALIGNMENT - 1) & -BatchHeaderCodec.ALIGNMENT;
  }
}
