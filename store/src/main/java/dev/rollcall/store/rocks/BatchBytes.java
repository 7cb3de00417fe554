package dev.rollcall.store.rocks;

import dev.rollcall.store.OrderedStore.Operation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Operations as RocksDB's write batch has them in memory and in its log: one call into the engine
 * instead of one for each row. Sequence number (8 bytes, the engine's), count (4, little endian),
 * then of each operation its kind and its parts, each behind its length as a varint.
 *
 * <p>Table by table, and within a table in the order given: a row is inserted beside the one before
 * it with no search when it comes behind that, as rows of changes and leases do. What is done to
 * one row stays in order, as it is in one table.
 */
final class BatchBytes {
  private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;
  private static final int VARINT_BYTES_MAX = 5;
  private static final byte DELETE = 0;
  private static final byte PUT = 1;

  private BatchBytes() {}

  static byte[] of(List<Operation> operations) {
    int most = HEADER_BYTES;
    for (Operation operation : operations) {
      most += bytesMax(operation);
    }
    var out = ByteBuffer.allocate(most).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(0).putInt(operations.size());
    var written = new boolean[1 << Byte.SIZE];
    for (int first = 0; first < operations.size(); first++) {
      byte table = key(operations.get(first))[0];
      if (!written[table & 0xff]) {
        written[table & 0xff] = true;
        putTable(out, table, operations.subList(first, operations.size()));
      }
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static void putTable(ByteBuffer out, byte table, List<Operation> operations) {
    for (Operation operation : operations) {
      if (key(operation)[0] == table) {
        put(out, operation);
      }
    }
  }

  private static void put(ByteBuffer out, Operation operation) {
    switch (operation) {
      case Operation.Put(byte[] key, byte[] value) -> {
        out.put(PUT);
        put(out, key);
        put(out, value);
      }
      case Operation.Delete(byte[] key) -> {
        out.put(DELETE);
        put(out, key);
      }
    }
  }

  private static byte[] key(Operation operation) {
    return switch (operation) {
      case Operation.Put(byte[] key, byte[] value) -> key;
      case Operation.Delete(byte[] key) -> key;
    };
  }

  private static int bytesMax(Operation operation) {
    return switch (operation) {
      case Operation.Put(byte[] key, byte[] value) ->
          1 + 2 * VARINT_BYTES_MAX + key.length + value.length;
      case Operation.Delete(byte[] key) -> 1 + VARINT_BYTES_MAX + key.length;
    };
  }

  private static void put(ByteBuffer out, byte[] bytes) {
    int left = bytes.length;
    while (left >= 0x80) {
      out.put((byte) (left | 0x80));
      left >>>= 7;
    }
    out.put((byte) left).put(bytes);
  }
}
