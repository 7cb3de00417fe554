package dev.rollcall.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the real disk promises: who may use a directory, and what is said when nobody can. */
final class FileDiskTest {
  @TempDir private Path directory;

  @Test
  void makesTheDirectory() throws IOException {
    Path deep = directory.resolve("a").resolve("b");
    FileDisk.open(deep).close();
    assertThat(deep).isDirectory();
  }

  @Test
  void holdsTheDirectoryUntilClosed() throws IOException {
    FileDisk first = FileDisk.open(directory);
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(UnusableDirectory.class)
          .isThrownBy(() -> FileDisk.open(directory))
          .withMessage(
              "the directory %s is in use by a running process; stop that one first", directory);
    }
    first.close();
    first.close();
    FileDisk.open(directory).close();
  }

  @Test
  void isKeptFromOtherProcesses() throws Exception {
    FileDisk held = FileDisk.open(directory);
    assertThat(openInAnotherProcess()).isEqualTo(1);
    held.close();
    assertThat(openInAnotherProcess()).isZero();
  }

  @Test
  void saysInOneLineThatTheDirectoryIsAFile() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatExceptionOfType(UnusableDirectory.class)
        .isThrownBy(() -> FileDisk.open(file))
        .withMessage("can not use the directory " + file + ": it is a file");
    Path below = file.resolve("below");
    assertThatExceptionOfType(UnusableDirectory.class)
        .isThrownBy(() -> FileDisk.open(below))
        .withMessageStartingWith("can not use the directory " + below + ": ");
  }

  @Test
  void doesNotListItsLock() throws IOException {
    try (FileDisk disk = FileDisk.open(directory)) {
      assertThat(disk.list()).isEmpty();
    }
  }

  private int openInAnotherProcess() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    process.getInputStream().transferTo(System.out);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  /** Tries to open the directory and exits with 1 when it is in use. */
  static final class OtherProcess {
    private OtherProcess() {}

    public static void main(String[] arguments) throws IOException {
      try {
        FileDisk.open(Path.of(arguments[0])).close();
      } catch (UnusableDirectory e) {
        System.exit(String.valueOf(e.getMessage()).contains("in use") ? 1 : 2);
      }
    }
  }
}
