package dev.rollcall.raft.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The real disk: one directory, held by one process. Forces are fdatasync; directories are forced
 * too.
 *
 * <p>An interrupt would close a channel under everybody who uses it. One that is pending is put off
 * until an operation has returned; the threads that come here must not be interrupted during one.
 */
public final class FileDisk implements Disk, AutoCloseable {
  private static final String LOCK = "lock";
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

  // A file lock belongs to the process: closing any channel of the lock file gives it up. So a
  // second
  // one must not even be opened here, and the process remembers what it holds.
  private static final Set<Path> HELD_BY_THIS_PROCESS = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final Path heldAs;
  private final FileChannel lockFile;

  private FileDisk(Path directory, Path heldAs, FileChannel lockFile) {
    this.directory = directory;
    this.heldAs = heldAs;
    this.lockFile = lockFile;
  }

  /**
   * Takes the directory, which is created when it is missing, until {@link #close}.
   *
   * @throws UnusableDirectory when it can not be read and written, or another process has it
   */
  public static FileDisk open(Path directory) {
    try {
      make(directory.toAbsolutePath());
      return hold(directory);
    } catch (IOException e) {
      throw new UnusableDirectory(directory, e);
    }
  }

  @Override
  public String path(String name) {
    return directory.resolve(name).toString();
  }

  @Override
  public List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(LOCK))
          .sorted()
          .toList();
    }
  }

  @Override
  public DiskFile create(String name, long sizeBytes) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(name),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    var file = new ChannelFile(channel);
    try {
      for (long position = 0; position < sizeBytes; ) {
        ByteBuffer piece = ZEROS.duplicate();
        piece.limit((int) Math.min(piece.capacity(), sizeBytes - position));
        file.write(piece, position);
        position += piece.limit();
      }
      return file;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return new ChannelFile(
        FileChannel.open(
            directory.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(
        directory.resolve(from),
        directory.resolve(to),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void forceDirectory() throws IOException {
    forceDirectory(directory);
  }

  /** Lets another process have the directory. The files opened stay open. */
  @Override
  public void close() throws IOException {
    if (lockFile.isOpen()) {
      lockFile.close();
      HELD_BY_THIS_PROCESS.remove(heldAs);
    }
  }

  private static void make(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (parent != null && !Files.isDirectory(directory)) {
      make(parent);
      Files.createDirectories(directory);
      forceDirectory(parent);
    }
  }

  private static FileDisk hold(Path directory) throws IOException {
    Path real = directory.toRealPath();
    if (!HELD_BY_THIS_PROCESS.add(real)) {
      throw inUse(directory);
    }
    boolean held = false;
    FileChannel channel = null;
    try {
      if (!Files.isReadable(directory)) {
        throw new AccessDeniedException(directory.toString());
      }
      channel =
          FileChannel.open(
              directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      held = channel.tryLock() != null;
      if (!held) {
        throw inUse(directory);
      }
      return new FileDisk(directory, real, channel);
    } finally {
      if (!held) {
        HELD_BY_THIS_PROCESS.remove(real);
        if (channel != null) {
          channel.close();
        }
      }
    }
  }

  private static UnusableDirectory inUse(Path directory) {
    return new UnusableDirectory(
        "the directory " + directory + " is in use by a running process; stop that one first");
  }

  private static void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** A file over a channel. */
  private record ChannelFile(FileChannel channel) implements DiskFile {
    @Override
    public long sizeBytes() throws IOException {
      return undisturbed(channel::size);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      return undisturbed(() -> {
        int total = 0;
        while (into.hasRemaining()) {
          int length = channel.read(into, position + total);
          if (length < 0) {
            break;
          }
          total += length;
        }
        return total;
      });
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      undisturbed(() -> {
        long at = position;
        while (from.hasRemaining()) {
          at += channel.write(from, at);
        }
        return at;
      });
    }

    @Override
    public void force() throws IOException {
      undisturbed(() -> {
        channel.force(false);
        return true;
      });
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }

    private static <T> T undisturbed(Operation<T> operation) throws IOException {
      boolean interrupted = Thread.interrupted();
      try {
        return operation.run();
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  @FunctionalInterface
  private interface Operation<T> {
    T run() throws IOException;
  }
}
