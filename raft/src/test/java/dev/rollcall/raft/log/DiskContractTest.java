package dev.rollcall.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rollcall.raft.log.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every disk keeps to, the real one and the one in memory. */
final class DiskContractTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void createsFilesFullOfZeros(DiskKind kind) throws IOException {
    try (var disk = kind.open(directory);
        DiskFile file = disk.disk().create("a", 70_000)) {
      assertThat(file.sizeBytes()).isEqualTo(70_000);
      assertThat(read(file, 0, 70_001)).isEqualTo(new byte[70_000]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsWhatWasWritten(DiskKind kind) throws IOException {
    try (var disk = kind.open(directory);
        DiskFile file = disk.disk().create("a", 8)) {
      file.write(text("cd"), 2);
      file.write(direct("efghijkl"), 4);
      file.force();
      assertThat(file.sizeBytes()).isEqualTo(12);
      assertThat(read(file, 2, 3)).isEqualTo(bytes("cde"));
      assertThat(read(file, 10, 100)).isEqualTo(bytes("kl"));
      assertThat(read(file, 12, 100)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void listsNamesInOrder(DiskKind kind) throws IOException {
    try (var disk = kind.open(directory)) {
      disk.disk().create("b", 0).close();
      disk.disk().create("a", 0).close();
      assertThat(disk.disk().list()).containsExactly("a", "b");
    }
  }

  @ParameterizedTest
  @EnumSource
  void renamesOverAnotherFile(DiskKind kind) throws IOException {
    try (var disk = kind.open(directory);
        DiskFile file = disk.disk().create("a", 0);
        DiskFile target = disk.disk().create("b", 0)) {
      file.write(text("new"), 0);
      target.write(text("old"), 0);
      disk.disk().rename("a", "b");
      disk.disk().forceDirectory();
      assertThat(disk.disk().list()).containsExactly("b");
      assertThat(read(target, 0, 3)).isEqualTo(bytes("old"));
      file.write(text("!"), 3);
      try (DiskFile reopened = disk.disk().open("b")) {
        assertThat(read(reopened, 0, 4)).isEqualTo(bytes("new!"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void deletesOnceAndAgain(DiskKind kind) throws IOException {
    try (var disk = kind.open(directory)) {
      disk.disk().create("a", 0).close();
      disk.disk().delete("a");
      disk.disk().delete("a");
      disk.disk().forceDirectory();
      assertThat(disk.disk().list()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesToCreateTwiceAndToOpenWhatIsNotThere(DiskKind kind) throws IOException {
    try (var disk = kind.open(directory)) {
      disk.disk().create("a", 0).close();
      assertThatExceptionOfType(FileAlreadyExistsException.class)
          .isThrownBy(() -> disk.disk().create("a", 0));
      assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> disk.disk().open("b"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void leavesAPendingInterruptForLater(DiskKind kind) throws IOException {
    try (var disk = kind.open(directory);
        DiskFile file = disk.disk().create("a", 8)) {
      Thread.currentThread().interrupt();
      file.write(text("kept"), 0);
      file.force();
      assertThat(read(file, 0, 4)).isEqualTo(bytes("kept"));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static byte[] read(DiskFile file, long position, int length) throws IOException {
    var buffer = ByteBuffer.allocate(length);
    int found = file.read(buffer, position);
    var bytes = new byte[found];
    buffer.flip().get(bytes);
    return bytes;
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(bytes(text));
  }

  private static ByteBuffer direct(String text) {
    byte[] bytes = bytes(text);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
