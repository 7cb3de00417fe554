package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.bootstrap.NewHistory;
import dev.rollcall.raft.log.FileDisk;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.server.backup.BackupCommands;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.Invocation;
import dev.rollcall.store.Features;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every data directory and every backup that an earlier version has left is read by this one, and
 * holds what it held. {@code -Dfixture=NAME} makes one of what this version leaves: they are only
 * ever added.
 */
class FormatFixturesTest {
  private static final Path FORMATS = Path.of("src", "test", "resources", "formats");

  @TempDir Path directory;

  @BeforeAll
  static void add(@TempDir Path scratch) throws IOException {
    String name = System.getProperty("fixture", "");
    if (!name.isEmpty()) {
      Path target = FORMATS.resolve(name);
      assertThat(target).as("a fixture is never replaced").doesNotExist();
      FormatFixture.make(target, scratch, FormatFixturesTest::identity);
    }
  }

  static List<Path> fixtures() throws IOException {
    try (Stream<Path> formats = Files.list(FORMATS)) {
      return formats.filter(Files::isDirectory).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void aDataDirectoryIsOpenedAndHoldsWhatItHeld(Path fixture) throws IOException {
    Path data = directory.resolve("data");
    FormatFixture.unzip(fixture.resolve("data.zip"), data);

    String found = FormatFixture.state(data, identity(data)) + FormatFixture.served(data);

    assertThat(found).isEqualTo(expected(fixture));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void aBackupIsVerifiedAndRestoredAndHoldsTheSame(Path fixture) throws IOException {
    Path backup = fixture.resolve("backup");
    Path data = directory.resolve("restored");
    assertThat(BackupCommands.run(new Invocation.VerifySnapshot(backup), Features.CURRENT))
        .contains("is whole");
    Invocation asked =
        ConfigReader.read(
            List.of("snapshot", "restore", backup.toString(), "--data-dir=" + data), Map.of());
    BackupCommands.run(
        (Invocation.RestoreSnapshot) asked, Features.CURRENT, RandomGenerator.of("SecureRandom"));

    String expected = expected(fixture);
    // The numbers are another history's.
    assertThat(FormatFixture.served(data))
        .isNotBlank()
        .isEqualTo(expected.substring(expected.indexOf("\ninstance ") + 1));
  }

  private static String expected(Path fixture) throws IOException {
    return Files.readString(fixture.resolve("expected.txt"));
  }

  private static LogIdentity identity(Path data) throws IOException {
    try (FileDisk disk = FileDisk.open(data)) {
      return NewHistory.of(disk).before();
    }
  }
}
