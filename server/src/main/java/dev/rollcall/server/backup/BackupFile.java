package dev.rollcall.server.backup;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.StartFailure;
import dev.rollcall.store.UnknownFeatureLevel;
import dev.rollcall.store.UnknownFormat;
import dev.rollcall.store.snapshot.DamagedSnapshot;
import dev.rollcall.v1.SnapshotManifest;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * A backup file, read from its beginning to its end, once. docs/backup.md has the bytes: magic,
 * format, length and checksum of the manifest, manifest, and then the chunks of a snapshot. One
 * thread.
 *
 * <p>What is wrong with a file is a {@link StartFailure} with {@link ExitCode#BACKUP_DAMAGED},
 * {@link ExitCode#BACKUP_UNKNOWN_FORMAT} or, when it cannot be read at all, {@link
 * ExitCode#DISK_FAILURE}.
 */
final class BackupFile implements AutoCloseable {
  /** Rises when an older version could not read the file; what stands before it never changes. */
  static final int FORMAT = 1;

  private static final byte[] MAGIC = {'R', 'O', 'L', 'L', 'C', 'A', 'L', 'L'};
  private static final int HEADER_BYTES = MAGIC.length + Short.BYTES + Integer.BYTES;
  private static final int MANIFEST_BYTES_MAX = 1 << 20;
  private static final int CHUNK_BYTES_MAX = 1 << 30;
  private static final int FRAME_BYTES = Integer.BYTES + Integer.BYTES;
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path path;
  private final long sizeBytes;
  private final DataInputStream in;
  private final SnapshotManifest manifest;
  private long position;
  private long chunks;

  private BackupFile(Path path) throws IOException {
    this.path = path;
    if (!Files.isRegularFile(path)) {
      throw new StartFailure(
          ExitCode.USAGE, path + " is no file", "name one that registryctl snapshot save wrote");
    }
    sizeBytes = Files.size(path);
    in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES));
    try {
      manifest = readManifest();
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** Opens a file and reads its manifest. */
  static BackupFile open(Path path) {
    try {
      return new BackupFile(path);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** What the backup is of. */
  SnapshotManifest manifest() {
    return manifest;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** Chunks read so far. */
  long chunks() {
    return chunks;
  }

  /** Gives each chunk to one who verifies it, and what that finds wrong is told with the place. */
  void forEachChunk(Consumer<byte[]> reader) {
    while (position < sizeBytes) {
      long at = position;
      try {
        reader.accept(readChunk());
      } catch (IOException e) {
        throw unreadable(path, e);
      } catch (DamagedSnapshot e) {
        throw damaged("the chunk at byte %d: %s".formatted(at, e.getMessage()));
      } catch (UnknownFormat | UnknownFeatureLevel e) {
        throw unknownFormat(String.valueOf(e.getMessage()));
      }
      chunks++;
    }
  }

  /** Says what makes the whole of it unusable. */
  StartFailure damaged(String what) {
    return new StartFailure(
        ExitCode.BACKUP_DAMAGED, path + " is damaged: " + what, "use another backup");
  }

  private StartFailure unknownFormat(String what) {
    return new StartFailure(
        ExitCode.BACKUP_UNKNOWN_FORMAT,
        "%s was written by version %s, which this one cannot read: %s"
            .formatted(path, version(), what.replaceFirst(": start a newer version$", "")),
        "use the registryd of that version");
  }

  private String version() {
    return manifest == null || manifest.getSoftwareVersion().isEmpty()
        ? "unknown"
        : manifest.getSoftwareVersion();
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private SnapshotManifest readManifest() throws IOException {
    var header = ByteBuffer.wrap(read(HEADER_BYTES, "the header"));
    byte[] magic = new byte[MAGIC.length];
    header.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw damaged("it does not begin as a backup does");
    }
    int format = Short.toUnsignedInt(header.getShort());
    int length = header.getInt();
    int crc = ByteBuffer.wrap(read(Integer.BYTES, "the header")).getInt();
    if (length < 0 || length > MANIFEST_BYTES_MAX) {
      throw damaged("a manifest of %d bytes".formatted(length));
    }
    byte[] bytes = read(length, "the manifest");
    var sum = new CRC32C();
    sum.update(header.array());
    sum.update(bytes);
    if ((int) sum.getValue() != crc) {
      throw damaged("the checksum of its header is wrong");
    }
    if (format != FORMAT) {
      throw unknownFormat("it is of format %d, this version knows %d".formatted(format, FORMAT));
    }
    try {
      return checked(SnapshotManifest.parseFrom(bytes));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw damaged("no manifest: " + e.getMessage());
    }
  }

  private static SnapshotManifest checked(SnapshotManifest manifest) {
    ClusterId.of(manifest.getClusterId().toByteArray());
    HistoryId.of(manifest.getHistoryId().toByteArray());
    return manifest;
  }

  private byte[] readChunk() throws IOException {
    byte[] frame = read(FRAME_BYTES, "a chunk");
    int length = ByteBuffer.wrap(frame).getInt();
    if (length <= 0 || length > Math.min(CHUNK_BYTES_MAX, sizeBytes - position)) {
      throw new DamagedSnapshot(
          "%d bytes where the file has %d more: it is cut short, or this length is damaged"
              .formatted(Integer.toUnsignedLong(length), sizeBytes - position));
    }
    byte[] chunk = Arrays.copyOf(frame, FRAME_BYTES + length);
    in.readFully(chunk, FRAME_BYTES, length);
    position += length;
    return chunk;
  }

  private byte[] read(int length, String what) throws IOException {
    if (length > sizeBytes - position) {
      throw damaged("it is cut short in " + what);
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    position += length;
    return bytes;
  }

  private static StartFailure unreadable(Path path, IOException e) {
    return new StartFailure(
        ExitCode.DISK_FAILURE, path + " cannot be read: " + e, "look at its disk", e);
  }
}
