package dev.rollcall.server.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.raft.bootstrap.RestoredNode;
import dev.rollcall.raft.log.FileDisk;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.StartFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;

/**
 * A data directory on its way from empty to a node's: marked → {@link #complete}, or emptied again
 * by {@link #close}. The mark tells a restore that a crash cut short from a node's directory, which
 * is never touched. Held as a running node holds it.
 */
public final class RestoredDirectory implements AutoCloseable {
  /** Name of the mark; for people too. */
  static final String MARK = "RESTORING";

  /** What may lie in a directory that counts as empty: the lock, and what a file system puts. */
  private static final List<String> LEFT_ALONE = List.of("lock", "lost+found");

  private final Path directory;
  private final boolean isMadeHere;
  private final FileDisk disk;
  private boolean isComplete;

  private RestoredDirectory(Path directory, boolean isMadeHere, FileDisk disk) {
    this.directory = directory;
    this.isMadeHere = isMadeHere;
    this.disk = disk;
  }

  /**
   * Takes an empty directory, which is made when it is not there.
   *
   * @throws StartFailure when it is not empty
   * @throws dev.rollcall.raft.log.UnusableDirectory when it cannot be used, or a process has it
   */
  static RestoredDirectory prepare(Path directory) throws IOException {
    boolean isMadeHere = !Files.exists(directory);
    if (!isMadeHere) {
      // Before anything is written: also the lock would be something.
      requireEmpty(directory);
    }
    var taken = new RestoredDirectory(directory, isMadeHere, FileDisk.open(directory));
    try {
      requireEmpty(directory);
      taken.mark();
      taken.removeAllButMark();
      return taken;
    } catch (IOException | RuntimeException e) {
      taken.close();
      throw e;
    }
  }

  /**
   * Passes when no restore was cut short here.
   *
   * @throws StartFailure when one was
   */
  public static void requireNoneUnderWay(Path directory) {
    if (Files.exists(directory.resolve(MARK))) {
      throw new StartFailure(
          ExitCode.DATA_DIRECTORY,
          "data-dir " + directory + " was being restored from a backup, and that did not end",
          "run the same registryd snapshot restore again");
    }
  }

  Path state() {
    return directory.resolve("state");
  }

  Path log() {
    return directory.resolve("log");
  }

  /** Everything is there and durable: from now on it is the node's. */
  void complete(RestoredNode node) throws IOException {
    node.initialise(disk);
    disk.forceDirectory();
    isComplete = true;
    disk.delete(MARK);
    disk.forceDirectory();
  }

  /** Empties the directory again unless it is complete, and lets go of it. */
  @Override
  public void close() throws IOException {
    try {
      if (!isComplete && Files.exists(directory.resolve(MARK))) {
        removeAllButMark();
        disk.delete(MARK);
      }
    } finally {
      disk.close();
    }
    if (!isComplete) {
      Files.deleteIfExists(directory.resolve("lock"));
      if (isMadeHere) {
        Files.deleteIfExists(directory);
      }
    }
  }

  private static void requireEmpty(Path directory) throws IOException {
    if (Files.isDirectory(directory) && !Files.exists(directory.resolve(MARK))) {
      try (Stream<Path> files = Files.list(directory)) {
        var found =
            files
                .map(file -> file.getFileName().toString())
                .filter(name -> !LEFT_ALONE.contains(name))
                .sorted()
                .findFirst();
        if (found.isPresent()) {
          throw new StartFailure(
              ExitCode.DATA_DIRECTORY,
              "data-dir %s is not empty: it holds %s".formatted(directory, found.get()),
              "restore into an empty directory; nothing was changed");
        }
      }
    }
  }

  private void mark() throws IOException {
    try (var file =
        FileChannel.open(
            directory.resolve(MARK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.write(
          ByteBuffer.wrap("a backup is being restored into this directory\n".getBytes(UTF_8)));
      file.force(true);
    }
    disk.forceDirectory();
  }

  private void removeAllButMark() throws IOException {
    for (String name : disk.list()) {
      if (!name.equals(MARK) && !LEFT_ALONE.contains(name)) {
        delete(directory.resolve(name));
      }
    }
  }

  private static void delete(Path path) throws IOException {
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
