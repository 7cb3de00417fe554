package dev.rollcall.client.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Writes a backup file: under the name with {@code .part} behind it until it is whole and durable,
 * so that whatever has the name is a backup. One thread.
 */
final class BackupWriter implements AutoCloseable {
  private static final byte[] MAGIC = {'R', 'O', 'L', 'L', 'C', 'A', 'L', 'L'};
  private static final short FORMAT = 1;

  /**
   * Bytes written between two syncs: one at the end of a large file would hold up whatever else
   * syncs on the same disk, such as the log of a node beside it.
   */
  private static final long SYNC_BYTES = 4 << 20;

  private final Path file;
  private final Path part;
  private final boolean mayReplace;
  private final FileChannel channel;
  private long unsyncedBytes;
  private boolean isComplete;

  private BackupWriter(Path file, Path part, boolean mayReplace) throws IOException {
    this.file = file;
    this.part = part;
    this.mayReplace = mayReplace;
    channel =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
  }

  /**
   * Begins a file.
   *
   * @throws FileAlreadyExistsException when there is one and it may not be replaced
   */
  static BackupWriter open(Path file, boolean mayReplace) throws IOException {
    refuseToReplace(file, mayReplace);
    return new BackupWriter(file, file.resolveSibling(file.getFileName() + ".part"), mayReplace);
  }

  /** Writes what stands before the chunks. */
  void header(byte[] manifest) throws IOException {
    var header =
        ByteBuffer.allocate(MAGIC.length + Short.BYTES + Integer.BYTES + Integer.BYTES)
            .put(MAGIC)
            .putShort(FORMAT)
            .putInt(manifest.length);
    var crc = new CRC32C();
    crc.update(header.array(), 0, header.position());
    crc.update(manifest);
    header.putInt((int) crc.getValue());
    write(header.array());
    write(manifest);
  }

  /** Writes the next bytes. */
  void write(byte[] bytes) throws IOException {
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    unsyncedBytes += bytes.length;
    if (unsyncedBytes >= SYNC_BYTES) {
      channel.force(false);
      unsyncedBytes = 0;
    }
  }

  /**
   * Gives the file its name; durable on return.
   *
   * @return its size in bytes
   */
  long complete() throws IOException {
    long size = channel.size();
    channel.force(true);
    channel.close();
    refuseToReplace(file, mayReplace);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    isComplete = true;
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      try (var opened = FileChannel.open(directory, StandardOpenOption.READ)) {
        opened.force(true);
      }
    }
    return size;
  }

  /** Leaves nothing behind unless the file is complete. */
  @Override
  public void close() throws IOException {
    channel.close();
    if (!isComplete) {
      Files.deleteIfExists(part);
    }
  }

  private static void refuseToReplace(Path file, boolean mayReplace) throws IOException {
    if (Files.isDirectory(file) || (!mayReplace && Files.exists(file))) {
      throw new FileAlreadyExistsException(file.toString());
    }
  }
}
