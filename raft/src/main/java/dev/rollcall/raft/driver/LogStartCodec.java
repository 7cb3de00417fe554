package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * A {@link LogStart} as bytes, for state machines that keep it with their state: format (1), term
 * and index of the entry before (8 each), index of the configuration (8), configuration as in its
 * entry.
 */
public final class LogStartCodec {
  private static final byte FORMAT = 1;
  private static final int FIXED_BYTES = 1 + 3 * Long.BYTES;

  private LogStartCodec() {}

  /** The bytes. */
  public static Payload encode(LogStart start) {
    byte[] configuration = start.configuration().configuration().encode().bytes();
    return Payload.wrap(
        ByteBuffer.allocate(FIXED_BYTES + configuration.length)
            .put(FORMAT)
            .putLong(start.previous().term())
            .putLong(start.previous().index())
            .putLong(start.configuration().index())
            .put(configuration)
            .array());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException when the bytes are something else
   */
  public static LogStart decode(Payload bytes) {
    var in = bytes.buffer();
    try {
      byte format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException("a log start of format " + format);
      }
      var previous = new EntryId(in.getLong(), in.getLong());
      long index = in.getLong();
      byte[] configuration = new byte[in.remaining()];
      in.get(configuration);
      return new LogStart(
          previous, new ConfigurationAt(index, Configuration.decode(Payload.wrap(configuration))));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a log start that is cut off", e);
    } catch (Invariant.Violation e) {
      throw new IllegalArgumentException("no log start: " + e.getMessage(), e);
    }
  }
}
