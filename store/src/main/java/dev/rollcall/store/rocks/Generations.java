package dev.rollcall.store.rocks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rollcall.store.UnknownFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Which of several directories is the store. The first is {@code state}; those which took its place
 * are its siblings {@code state-000001} and so on; the file {@code state.current} names the one in
 * use, and is not there as long as that is the first. It is replaced whole, so a crash leaves the
 * one name or the other.
 *
 * <p>The file: format, name and CRC-32C of what stands before it, in hexadecimal digits, with a
 * space between and a line feed at the end.
 */
final class Generations {
  private static final int FORMAT = 1;

  private final Path first;
  private final Path parent;
  private final Path pointer;
  private final Path pointerBeingWritten;
  private final Pattern names;

  /**
   * @param first the directory of the first store
   */
  Generations(Path first) {
    this.first = first.toAbsolutePath().normalize();
    String name = this.first.getFileName().toString();
    parent = this.first.resolveSibling("").normalize();
    pointer = this.first.resolveSibling(name + ".current");
    pointerBeingWritten = this.first.resolveSibling(name + ".current.new");
    names = Pattern.compile(Pattern.quote(name) + "(-\\d{6})?");
  }

  /**
   * The directory of the store in use.
   *
   * @throws UnknownFormat when a later version wrote the pointer
   * @throws IOException when it cannot be read, or is damaged
   */
  Path current() throws IOException {
    String content;
    try {
      content = Files.readString(pointer, US_ASCII);
    } catch (NoSuchFileException e) {
      return first;
    }
    String[] parts = content.strip().split(" ", -1);
    if (parts.length != 3
        || !content.equals(line(parts[0] + " " + parts[1]))
        || !names.matcher(parts[1]).matches()) {
      throw new IOException(pointer + " is damaged");
    }
    int format = Integer.parseInt(parts[0]);
    if (format != FORMAT) {
      throw new UnknownFormat(pointer.toString(), format, FORMAT);
    }
    Path current = first.resolveSibling(parts[1]);
    if (!Files.isDirectory(current)) {
      throw new IOException(pointer + " names " + parts[1] + ", which is not there");
    }
    return current;
  }

  /** A directory that does not exist yet, for a store to come. */
  Path next() throws IOException {
    int last = 0;
    for (Path directory : all()) {
      String name = directory.getFileName().toString();
      int dash = name.lastIndexOf('-');
      if (!directory.equals(first) && dash > 0) {
        last = Math.max(last, Integer.parseInt(name.substring(dash + 1)));
      }
    }
    return first.resolveSibling("%s-%06d".formatted(first.getFileName(), last + 1));
  }

  /** Makes this directory, whose files are durable, the store in use; durable on return. */
  void pointTo(Path directory) throws IOException {
    byte[] content = line(FORMAT + " " + directory.getFileName()).getBytes(US_ASCII);
    try (var file =
        FileChannel.open(
            pointerBeingWritten,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    // The directory must not be named by a name that outlives it.
    forceParent();
    Files.move(
        pointerBeingWritten,
        pointer,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    forceParent();
  }

  /** Deletes what crashes have left beside the store in use. */
  void removeAllBut(Path current) throws IOException {
    Files.deleteIfExists(pointerBeingWritten);
    for (Path directory : all()) {
      if (!directory.equals(current)) {
        delete(directory);
      }
    }
  }

  /** Deletes a directory with its files; nothing happens when it is not there. */
  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, java.io.IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private List<Path> all() throws IOException {
    var directories = new ArrayList<Path>();
    try (Stream<Path> siblings = Files.list(parent)) {
      siblings
          .filter(path -> names.matcher(path.getFileName().toString()).matches())
          .filter(Files::isDirectory)
          .sorted()
          .forEach(directories::add);
    }
    return directories;
  }

  private void forceParent() throws IOException {
    try (var directory = FileChannel.open(parent, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private static String line(String content) {
    var crc = new CRC32C();
    crc.update(content.getBytes(US_ASCII));
    return "%s %08x\n".formatted(content, crc.getValue());
  }
}
