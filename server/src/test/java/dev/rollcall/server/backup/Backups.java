package dev.rollcall.server.backup;

import com.google.protobuf.ByteString;
import dev.rollcall.store.LogEntry;
import dev.rollcall.store.OrderedStore;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.snapshot.Chunk;
import dev.rollcall.store.snapshot.SnapshotReader;
import dev.rollcall.v1.SnapshotManifest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Backup files for tests, written as docs/backup.md says. */
public final class Backups {
  private static final int CHUNK_BYTES = 600;

  private Backups() {}

  /** Of a registry. */
  static byte[] of(RegistryStore store) {
    try (var reader = store.snapshot()) {
      return file(1, manifest(store.status().lastApplied(), store.status().revision()), reader);
    }
  }

  /** Of rows that no registry need have written. */
  static byte[] of(OrderedStore rows, long lastApplied, long revision) {
    try (var reader = new SnapshotReader(rows.pin(), new byte[] {'c'}, lastApplied)) {
      return file(1, manifest(lastApplied, revision), reader);
    }
  }

  static byte[] file(int format, SnapshotManifest manifest, SnapshotReader reader) {
    return file(format, manifest.toByteArray(), chunks(reader));
  }

  /** The bytes of a file. */
  public static byte[] file(int format, byte[] manifest, List<byte[]> chunks) {
    var out = new ByteArrayOutputStream();
    byte[] header =
        ByteBuffer.allocate(14)
            .put(new byte[] {'R', 'O', 'L', 'L', 'C', 'A', 'L', 'L'})
            .putShort((short) format)
            .putInt(manifest.length)
            .array();
    var crc = new CRC32C();
    crc.update(header);
    crc.update(manifest);
    out.writeBytes(header);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    out.writeBytes(manifest);
    chunks.forEach(out::writeBytes);
    return out.toByteArray();
  }

  static SnapshotManifest manifest(long lastApplied, long revision) {
    ByteString id = ByteString.copyFrom(new byte[16]);
    return SnapshotManifest.newBuilder()
        .setClusterId(id)
        .setHistoryId(id)
        .setNodeId(id)
        .setRevision(revision)
        .setAppliedIndex(lastApplied)
        .setSoftwareVersion("a \"test\"")
        .setFeatureLevel(1)
        .build();
  }

  static List<byte[]> chunks(SnapshotReader reader) {
    var chunks = new ArrayList<byte[]>();
    Chunk chunk = reader.chunk(new byte[0], CHUNK_BYTES);
    chunks.add(chunk.bytes());
    while (!chunk.isLast()) {
      chunk = reader.chunk(chunk.position(), CHUNK_BYTES);
      chunks.add(chunk.bytes());
    }
    return chunks;
  }

  /** Applies commands to a store, one entry each. */
  static void apply(RegistryStore store, List<byte[]> commands) {
    for (byte[] command : commands) {
      store.apply(
          List.of(new LogEntry(store.status().lastApplied() + 1, 1_700_000_000_000L, command)));
    }
  }
}
