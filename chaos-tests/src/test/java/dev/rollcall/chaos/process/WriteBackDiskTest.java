package dev.rollcall.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.log.Disk.DiskFile;
import dev.rollcall.raft.log.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a kill takes from a write-back disk, told one by one. */
final class WriteBackDiskTest {
  @TempDir private Path directory;
  private FileDisk beneath;
  private WriteBackDisk disk;

  @BeforeEach
  void open() throws IOException {
    beneath = FileDisk.open(directory);
    disk = reopened();
  }

  @AfterEach
  void close() throws IOException {
    beneath.close();
  }

  @Test
  void keepsWhatWasForced() throws IOException {
    try (DiskFile file = disk.create("a", 4)) {
      write(file, "kept", 0);
      file.force();
      disk.forceDirectory();
      write(file, "lost", 0);
    }
    assertThat(text(reopened(), "a")).isEqualTo("kept");
  }

  @Test
  void showsItsOwnProcessWhatWasNotForced() throws IOException {
    try (DiskFile file = disk.create("a", 0)) {
      write(file, "x".repeat(1_000), 0);
      write(file, "yy", 511);
    }
    assertThat(text(disk, "a")).isEqualTo("x".repeat(511) + "yy" + "x".repeat(1_000 - 513));
  }

  @Test
  void losesTheLengthThatWasNotForced() throws IOException {
    try (DiskFile file = disk.create("a", 2)) {
      file.force();
      disk.forceDirectory();
      write(file, "longer", 0);
      assertThat(file.sizeBytes()).isEqualTo(6);
    }
    assertThat(text(reopened(), "a")).isEqualTo("\0\0");
  }

  @Test
  void losesFilesWhoseDirectoryWasNotForced() throws IOException {
    try (DiskFile file = disk.create("a", 1)) {
      file.force();
    }
    assertThat(disk.list()).containsExactly("a");
    assertThat(reopened().list()).isEmpty();
    assertThat(beneath.list()).isEmpty();
  }

  @Test
  void undoesARenameOverAnotherFile() throws IOException {
    try (DiskFile old = disk.create("log", 0);
        DiskFile replacement = disk.create("copy", 0)) {
      write(old, "old", 0);
      old.force();
      disk.forceDirectory();
      write(replacement, "new", 0);
      replacement.force();
      disk.rename("copy", "log");
      assertThat(text(disk, "log")).isEqualTo("new");
    }
    assertThat(text(reopened(), "log")).isEqualTo("old");
  }

  @Test
  void keepsARenameWithoutTheBytesThatWereNotForced() throws IOException {
    try (DiskFile file = disk.create("copy", 3)) {
      write(file, "new", 0);
      disk.rename("copy", "log");
      disk.forceDirectory();
    }
    assertThat(text(reopened(), "log")).isEmpty();
  }

  @Test
  void bringsBackAFileWhoseDeletionWasNotForced() throws IOException {
    disk.create("a", 0).close();
    disk.forceDirectory();
    disk.delete("a");
    assertThat(disk.list()).isEmpty();
    assertThat(reopened().list()).containsExactly("a");
  }

  @Test
  void keepsSomethingByItselfWhenItIsEager() throws IOException {
    var eager = new WriteBackDisk(beneath, new Random(1), 1);
    try (DiskFile file = eager.create("a", 0)) {
      write(file, "x", 0);
    }
    assertThat(text(reopened(), "a")).isEqualTo("x");
  }

  /** What the next process finds. */
  private WriteBackDisk reopened() throws IOException {
    return new WriteBackDisk(beneath, new Random(1), 0);
  }

  private static void write(DiskFile file, String text, long position) throws IOException {
    file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), position);
  }

  private static String text(WriteBackDisk disk, String name) throws IOException {
    try (DiskFile file = disk.open(name)) {
      var bytes = ByteBuffer.allocate((int) file.sizeBytes() + 1);
      int count = file.read(bytes, 0);
      return new String(bytes.array(), 0, count, StandardCharsets.US_ASCII);
    }
  }
}
