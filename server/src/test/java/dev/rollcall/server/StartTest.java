package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.HostPort;
import dev.rollcall.server.config.ServerConfig;
import dev.rollcall.server.config.StartFailure;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.OpenSessionRequest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start that cannot be is refused with its exit code and one line, and nothing is lost. */
class StartTest {
  @TempDir Path directory;

  @Test
  void aRestartKeepsWhatWasRegistered() {
    long revision;
    try (var server = TestNode.single(directory);
        var client = new TestClient(server.clientAddress())) {
      client.register("orders", "i-1", 60_000);
      client.register("orders", "i-2", 60_000);
      revision = server.storeStatus().revision();
    }
    try (var server = TestNode.single(directory);
        var client = new TestClient(server.clientAddress())) {
      assertThat(client.resolveAny("orders").getInstancesCount()).isEqualTo(2);
      assertThat(client.ids("orders")).containsExactly("i-1", "i-2");
      assertThat(server.storeStatus().revision()).isEqualTo(revision);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"client-listen", "peer-listen", "http-listen"})
  void aPortInUseIsRefusedBeforeAnythingIsMade(String setting) {
    try (var running = TestNode.single(directory.resolve("running"))) {
      HostPort taken =
          switch (setting) {
            case "client-listen" -> running.clientAddress();
            case "peer-listen" -> running.peerAddress();
            default -> running.httpAddress();
          };

      StartFailure failure = refusal("fresh", "--" + setting + "=" + taken);

      assertThat(failure.exitCode()).isEqualTo(ExitCode.ADDRESS_IN_USE);
      assertThat(failure)
          .hasMessage(
              "%s %s is in use by another process; stop that one or choose another port"
                  .formatted(setting, taken));
      assertThat(directory.resolve("fresh").resolve("identity")).doesNotExist();
    }
  }

  @Test
  void anAddressOfAnotherMachineIsRefused() {
    StartFailure failure = refusal("fresh", "--client-listen=192.0.2.1:7400");

    assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(failure).hasMessageStartingWith("client-listen 192.0.2.1:7400 cannot be bound: ");
  }

  @Test
  void aDirectoryThatCannotBeMadeOrIsNoneIsRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThat(refusal("file").exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
    StartFailure beneath = refusal("file/beneath");
    assertThat(beneath.exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
    assertThat(beneath).hasMessageContaining(file.toString());
    // Nobody, not even root, can write there.
    StartFailure unwritable = refusal("/proc/self/rollcall");
    assertThat(unwritable.exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
  }

  @Test
  void anIdentityThatCannotBeReadIsRefused() throws IOException {
    Files.createDirectories(directory.resolve("node/identity/not-a-file"));

    assertThat(refusal("node").exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
  }

  @Test
  void aDirectoryInUseIsRefused() {
    try (var running = TestNode.single(directory.resolve("node"))) {
      StartFailure failure = refusal("node");

      assertThat(failure.exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
      assertThat(failure).hasMessageContaining("is in use by a running process");
      assertThat(running.failed()).isNotDone();
    }
  }

  @Test
  void aDirectoryOfALaterVersionIsRefused() throws IOException {
    TestNode.single(directory.resolve("node")).close();
    Path identity = directory.resolve("node/identity");
    Files.writeString(
        identity, Files.readString(identity).replace("rollcall-identity 1", "rollcall-identity 9"));

    StartFailure failure = refusal("node");

    assertThat(failure.exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
    assertThat(failure).hasMessageContaining("later version");
  }

  @Test
  void theDirectoryOfAnotherClusterIsRefused() {
    TestNode.single(directory.resolve("node")).close();
    List<Integer> ports = TestNode.freePorts(3);

    StartFailure failure = refusal("node", TestNode.member(ports, 0));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
    assertThat(failure).hasMessageContaining("belongs to the cluster of");
  }

  @Test
  void theLogOfAnotherNodeIsRefused() throws IOException {
    TestNode.single(directory.resolve("one")).close();
    TestNode.single(directory.resolve("other")).close();
    delete(directory.resolve("one/log"));
    Files.move(directory.resolve("other/log"), directory.resolve("one/log"));

    StartFailure failure = refusal("one");

    assertThat(failure.exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
    assertThat(failure).hasMessageContaining("belongs to another cluster");
  }

  @Test
  void anInitialisedNodeWhoseLogIsGoneIsRefused() throws IOException {
    TestNode.single(directory.resolve("node")).close();
    delete(directory.resolve("node/log"));

    assertThat(refusal("node").exitCode()).isEqualTo(ExitCode.REFUSED_TO_JOIN);
  }

  @Test
  void anEmptyDirectoryWhosePeersAreInitialisedIsRefused() {
    List<Integer> ports = TestNode.freePorts(2);
    try (var single =
        TestNode.single(directory.resolve("old"), "--peer-listen=127.0.0.1:" + ports.getFirst())) {
      StartFailure failure = refusal("new", TestNode.member(ports, 1));

      assertThat(failure.exitCode()).isEqualTo(ExitCode.REFUSED_TO_JOIN);
      assertThat(failure.line()).doesNotContain("\n");
      assertThat(single.failed()).isNotDone();
    }
  }

  @Test
  void aDirectoryWhoseStateDivergedIsRefusedUntilSomebodyTakesTheMarkAway() throws IOException {
    TestNode.single(directory.resolve("node")).close();
    Quarantine.mark(directory.resolve("node"), "the state at entry 7 is not the majority's");

    StartFailure failure = refusal("node");

    assertThat(failure.exitCode()).isEqualTo(ExitCode.STATE_DIVERGED);
    assertThat(failure)
        .hasMessageStartingWith(
            "this node stopped because of its state: the state at entry 7 is not the majority's;"
                + " replace the node");
    Files.delete(directory.resolve("node").resolve(Quarantine.FILE));
    TestNode.single(directory.resolve("node")).close();
  }

  @Test
  void aDamagedLogIsRefused() throws IOException {
    try (var server = TestNode.single(directory.resolve("node"));
        var client = new TestClient(server.clientAddress())) {
      for (int i = 0; i < 20; i++) {
        client.register("orders", "i-" + i, 60_000);
      }
    }
    // In the middle of what the later batches say was durable before them.
    Path segment = directory.resolve("node/log/0000000000000001.log");
    try (var file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.seek(700);
      int before = file.read();
      file.seek(700);
      file.write(before ^ 0xff);
    }

    StartFailure failure = refusal("node");

    assertThat(failure.exitCode()).isEqualTo(ExitCode.CORRUPT_LOG);
    assertThat(failure).hasMessageContaining("corrupt log");
  }

  @Test
  void aDiskThatFailsWhileTheNodeRunsEndsItAndNothingIsAcknowledged() {
    var disk = new FailingDisk();
    ServerConfig config = TestNode.config(directory.resolve("node"));
    try (var server = TestNode.start(config, disk::over);
        var client = new TestClient(server.clientAddress())) {
      client.register("orders", "i-1", 60_000);
      disk.fails = true;

      assertThat(
              TestClient.refusal(() ->
                  client
                      .registration()
                      .withDeadlineAfter(3, TimeUnit.SECONDS)
                      .openSession(OpenSessionRequest.getDefaultInstance())))
          .startsWith("UNAVAILABLE");
      assertThat(server.failed().join().exitCode()).isEqualTo(ExitCode.DISK_FAILURE);
      assertThat(TestClient.refusal(() -> client.resolve("orders"))).startsWith("UNAVAILABLE");
    }
    try (var server = TestNode.single(directory.resolve("node"));
        var client = new TestClient(server.clientAddress())) {
      assertThat(client.ids("orders")).containsExactly("i-1");
    }
  }

  @Test
  void streamsAreEndedWithAReasonWhenTheNodeStops() {
    var server = TestNode.single(directory.resolve("node"));
    try (var client = new TestClient(server.clientAddress())) {
      var keepAlive = client.keepAlive();
      long lease = client.register("orders", "i-1", 60_000).getLeaseId();
      keepAlive.send(KeepAliveRequest.newBuilder().addLeaseIds(lease).build());
      assertThat(keepAlive.next().getRenewals(0).getAlive()).isTrue();
      var watch = client.watch();
      watch.send(Watching.create(1, "orders"));
      watch.next();

      server.close();

      assertThat(keepAlive.ending()).isEqualTo("UNAVAILABLE NOT_READY");
      assertThat(watch.ending()).isEqualTo("UNAVAILABLE NOT_READY");
    }
  }

  private StartFailure refusal(String node, String... flags) {
    ServerConfig config = TestNode.config(directory.resolve(node), flags);
    return catchThrowableOfType(
        StartFailure.class, () -> TestNode.start(config, UnaryOperator.identity()).close());
  }

  private static void delete(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
