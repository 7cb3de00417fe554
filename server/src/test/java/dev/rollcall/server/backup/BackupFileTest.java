package dev.rollcall.server.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.Invocation;
import dev.rollcall.server.config.StartFailure;
import dev.rollcall.storage.v1.FeatureLevelRow;
import dev.rollcall.storage.v1.MetaRow;
import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.Features;
import dev.rollcall.store.OrderedStore.Batch;
import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.RequestCodec;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.testkit.Seeds;
import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.RegisterRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is wrong with a backup file, each command says so in one line with its own exit code,
 * and a restore leaves the directory as it was.
 */
class BackupFileTest {
  private static final Features FEATURES = Features.CURRENT;

  @TempDir Path directory;

  @Test
  void aWholeFileIsVerifiedAndInspected() throws IOException {
    Path file = write(backup(3));

    assertThat(verify(file)).contains("is whole: revision 3 of cluster 0000").hasLineCount(1);
    assertThat(inspect(file, false)).contains("instances").contains("leases").contains("history");
    assertThat(inspect(file, true))
        .contains("\"revision\":3")
        .contains("\"software\":\"a \\u0022test\\u0022\"")
        .contains("\"services\":2")
        .contains("\"firstChange\":1,\"lastChange\":3")
        .contains("\"instances\":{\"rows\":3,")
        .hasLineCount(1);
  }

  @Test
  void aFlippedBitAnywhereIsFound() throws IOException {
    byte[] whole = backup(2);
    Seeds.one(
        1,
        random -> {
          for (int at = 0; at < whole.length; at++) {
            Path file = write(flipped(whole, at, random));
            StartFailure failure = refused(() -> verify(file));
            assertThat(failure.exitCode()).as("byte %d", at).isEqualTo(ExitCode.BACKUP_DAMAGED);
            assertThat(failure).hasMessageContaining(file.toString());
          }
        });
  }

  @Test
  void aFileCutShortAnywhereOrGoingOnIsFound() throws IOException {
    byte[] whole = backup(2);
    for (int length = 0; length < whole.length; length++) {
      Path file = write(Arrays.copyOf(whole, length));
      assertThat(refused(() -> verify(file)))
          .as("%d bytes", length)
          .hasMessageContaining("cut short")
          .extracting(StartFailure::exitCode)
          .isEqualTo(ExitCode.BACKUP_DAMAGED);
    }
    Path longer = write(Arrays.copyOf(whole, whole.length + 1));
    assertThat(refused(() -> verify(longer)).exitCode()).isEqualTo(ExitCode.BACKUP_DAMAGED);
  }

  @Test
  void aRestoreOfADamagedFileLeavesNothing() throws IOException {
    byte[] whole = backup(6);
    Seeds.each(
        20,
        random -> {
          byte[] damaged =
              random.nextBoolean()
                  ? flipped(whole, random.nextInt(whole.length), random)
                  : Arrays.copyOf(whole, random.nextInt(whole.length));
          Path file = write(damaged);
          boolean isThere = random.nextBoolean();
          Path target = directory.resolve("target");
          if (isThere) {
            Files.createDirectories(target);
          }
          StartFailure failure = refused(() -> restore(file, target));
          assertThat(failure.exitCode()).isEqualTo(ExitCode.BACKUP_DAMAGED);
          if (isThere) {
            assertThat(target).isEmptyDirectory();
            Files.delete(target);
          } else {
            assertThat(target).doesNotExist();
          }
        });
  }

  @Test
  void aFileOfAnotherVersionIsRefused() throws IOException {
    var manifest = Backups.manifest(1, 1);
    requireUnknown(Backups.file(2, manifest.toByteArray(), List.of()), "format 2");
    requireUnknown(rows(MetaRow.newBuilder().setFormat(99)), "format 99");
    requireUnknown(rows(MetaRow.newBuilder().setFormat(3), 7), "feature level 7");
  }

  @Test
  void whatIsNoBackupOrNotThereIsRefused() throws IOException {
    Path text = write("this is no backup, but it is long enough to be one".getBytes(UTF_8));
    assertThat(refused(() -> verify(text)))
        .hasMessageContaining("does not begin as a backup does")
        .extracting(StartFailure::exitCode)
        .isEqualTo(ExitCode.BACKUP_DAMAGED);
    assertThat(refused(() -> verify(directory)).exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused(() -> verify(directory.resolve("none"))).exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aManifestOfAnotherMomentThanTheRowsIsFound() throws IOException {
    try (var store = registry(2);
        var reader = store.snapshot()) {
      Path file = write(Backups.file(1, Backups.manifest(3, 9), reader));
      assertThat(refused(() -> verify(file))).hasMessageContaining("revision 9, its rows entry 3");
      assertThat(refused(() -> restore(file, directory.resolve("target"))).exitCode())
          .isEqualTo(ExitCode.BACKUP_DAMAGED);
    }
  }

  @Test
  void aDirectoryThatIsNotEmptyIsLeftAlone() throws IOException {
    Path file = write(backup(2));
    Path target = Files.createDirectories(directory.resolve("target"));
    Files.writeString(target.resolve("mine"), "untouched");

    StartFailure failure = refused(() -> restore(file, target));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
    assertThat(failure).hasMessageContaining("is not empty: it holds mine");
    assertThat(target.toFile().list()).containsExactly("mine");
  }

  @Test
  void aRestoreThatACrashCutShortBeginsAgain() throws IOException {
    Path file = write(backup(2));
    Path target = Files.createDirectories(directory.resolve("target"));
    Files.writeString(target.resolve(RestoredDirectory.MARK), "");
    Files.createDirectories(target.resolve("state/half"));
    Files.writeString(target.resolve("state/half/file"), "half");
    assertThat(refusedStart(target))
        .hasMessageContaining("run the same registryd snapshot restore");

    assertThat(restore(file, target)).startsWith("restored ");

    assertThat(target.resolve(RestoredDirectory.MARK)).doesNotExist();
    assertThat(target.resolve("state/half")).doesNotExist();
    assertThat(target.resolve("identity")).exists();
    // And now it is a node's.
    assertThat(refused(() -> restore(file, target)).exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
  }

  private void requireUnknown(byte[] bytes, String what) throws IOException {
    Path file = write(bytes);
    for (var command :
        List.<Runnable>of(
            () -> verify(file),
            () -> inspect(file, true),
            () -> restore(file, directory.resolve("target")))) {
      StartFailure failure = refused(command);
      assertThat(failure.exitCode()).isEqualTo(ExitCode.BACKUP_UNKNOWN_FORMAT);
      assertThat(failure)
          .hasMessageContaining("which this one cannot read")
          .hasMessageContaining(what);
    }
    assertThat(directory.resolve("target")).doesNotExist();
  }

  private static byte[] rows(MetaRow.Builder meta) {
    return rows(meta, 1);
  }

  private static byte[] rows(MetaRow.Builder meta, int level) {
    var rows = new MemoryOrderedStore();
    byte[] counters =
        meta.setLastApplied(1)
            .setRevision(1)
            .setDigest(ByteString.copyFrom(new byte[32]))
            .build()
            .toByteArray();
    byte[] levelRow = FeatureLevelRow.newBuilder().setLevel(level).build().toByteArray();
    rows.write(
        new Batch(
            List.of(
                new Operation.Put(new byte[] {'f'}, levelRow),
                new Operation.Put(new byte[] {'m'}, counters))));
    return Backups.of(rows, 1, 1);
  }

  private static byte[] backup(int instances) {
    try (var store = registry(instances)) {
      return Backups.of(store);
    }
  }

  private static RegistryStore registry(int instances) {
    RegistryStore store = RegistryStore.open(new MemoryOrderedStore());
    var commands = new ArrayList<byte[]>();
    for (int i = 0; i < instances; i++) {
      Request request =
          RequestCodec.fromMessage(
              RegisterRequest.newBuilder()
                  .addInstances(
                      Instance.newBuilder()
                          .setService("service-" + i % 2)
                          .setInstanceId("i-" + i)
                          .setIncarnation(1)
                          .addEndpoints(
                              Endpoint.newBuilder()
                                  .setProtocol("http")
                                  .setHost("10.0.0.1")
                                  .setPort(80)))
                  .setTtlMillis(10_000)
                  .build());
      commands.add(CommandCodec.encode(request));
    }
    commands.add(CommandCodec.encode(Request.of(new Command.OpenSession())));
    Backups.apply(store, commands);
    return store;
  }

  private static byte[] flipped(byte[] whole, int at, RandomGenerator random) {
    byte[] copy = whole.clone();
    copy[at] ^= (byte) (1 << random.nextInt(8));
    return copy;
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("backup"), bytes);
  }

  private static String verify(Path file) {
    return BackupCommands.run(new Invocation.VerifySnapshot(file), FEATURES);
  }

  private static String inspect(Path file, boolean isJson) {
    return BackupCommands.run(new Invocation.InspectSnapshot(file, isJson), FEATURES);
  }

  private static String restore(Path file, Path target) {
    Invocation asked =
        ConfigReader.read(
            List.of("snapshot", "restore", file.toString(), "--data-dir", target.toString()),
            Map.of());
    return BackupCommands.run(
        (Invocation.RestoreSnapshot) asked, FEATURES, RandomGenerator.of("SecureRandom"));
  }

  private static StartFailure refused(Runnable command) {
    return catchThrowableOfType(StartFailure.class, command::run);
  }

  private static StartFailure refusedStart(Path target) {
    return catchThrowableOfType(
        StartFailure.class, () -> RestoredDirectory.requireNoneUnderWay(target));
  }
}
