package dev.rollcall.server.space;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The file systems under the data directory; the reserve is a file in it. Where log and state are
 * on others by links, the one with the least room counts.
 */
public final class FileVolume implements Volume {
  private static final String RESERVE = "reserve";
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

  private final List<Path> directories;
  private final Path reserve;

  /**
   * @param dataDir where the reserve is
   * @param others further directories to write to; those that do not exist yet are left out
   */
  public FileVolume(Path dataDir, List<Path> others) {
    this.reserve = dataDir.resolve(RESERVE);
    var all = new ArrayList<>(List.of(dataDir));
    all.addAll(others);
    this.directories = List.copyOf(all);
  }

  @Override
  public long usableBytes() throws IOException {
    long least = Long.MAX_VALUE;
    for (Path directory : directories) {
      if (Files.isDirectory(directory)) {
        least = Math.min(least, Files.getFileStore(directory).getUsableSpace());
      }
    }
    return least;
  }

  @Override
  public long reservedBytes() throws IOException {
    return Files.exists(reserve) ? Files.size(reserve) : 0;
  }

  /** Not forced: the space is taken once it is written. */
  @Override
  public void reserve(long bytes) throws IOException {
    try (FileChannel file =
        FileChannel.open(reserve, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (long left = bytes; left > 0; ) {
        ByteBuffer piece = ZEROS.duplicate();
        piece.limit((int) Math.min(piece.capacity(), left));
        left -= file.write(piece);
      }
    }
  }

  @Override
  public void release() throws IOException {
    Files.deleteIfExists(reserve);
  }
}
