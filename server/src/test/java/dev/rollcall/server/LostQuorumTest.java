package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.raft.bootstrap.NewHistory;
import dev.rollcall.raft.log.FileDisk;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose peers are gone for good becomes a cluster of one, and they are refused. */
class LostQuorumTest {
  @TempDir Path directory;

  private final RandomGenerator random = RandomGeneratorFactory.of("SecureRandom").create();
  private final List<Integer> peerPorts = TestNode.freePorts(3);

  @Test
  void everythingIsKeptInANewHistoryOfTheSameClusterAndTheOthersAreRefused() throws Exception {
    List<RegistryServer> servers = startAll();
    byte[] cluster;
    byte[] history;
    try (var client = new TestClient(servers.getFirst().clientAddress())) {
      client.register("orders", "i-1", 600_000);
      client.register("orders", "i-2", 600_000);
      var header = client.resolve("orders").getHeader();
      cluster = header.getClusterId().toByteArray();
      history = header.getHistoryId().toByteArray();
    }
    servers.forEach(RegistryServer::close);
    Path survivor = directory.resolve("n0");

    String plan = LostQuorum.run(survivor, false, random);
    assertThat(plan).contains("Nothing was done").contains("127.0.0.1:" + peerPorts.get(2));
    assertThat(LostQuorum.run(survivor, true, random)).startsWith("recovered: ");

    try (var alone = start(0);
        var client = new TestClient(alone.clientAddress())) {
      assertThat(client.ids("orders")).containsExactly("i-1", "i-2");
      client.register("orders", "i-3", 600_000);
      var header = client.resolve("orders").getHeader();
      assertThat(header.getClusterId().toByteArray()).isEqualTo(cluster);
      assertThat(header.getHistoryId().toByteArray()).isNotEqualTo(history);
      assertThat(alone.raftStatus().configuration().members()).hasSize(1);
      // One of the old history finds nobody to vote for it, and takes nobody's log.
      try (var old = start(1)) {
        client.register("orders", "i-4", 600_000);
        assertThat(alone.raftStatus().configuration().members()).hasSize(1);
        assertThat(old.storeStatus().instances()).isLessThan(4);
        assertThat(old.raftStatus().leader()).isEmpty();
      }
    }
  }

  @Test
  void aRecoveryThatWasCutShortIsFinishedByAnotherAndUntilThenNothingStarts() throws IOException {
    List<RegistryServer> servers = startAll();
    try (var client = new TestClient(servers.getFirst().clientAddress())) {
      client.register("orders", "i-1", 600_000);
    }
    servers.forEach(RegistryServer::close);
    Path survivor = directory.resolve("n0");
    Path identity = survivor.resolve("identity");
    Path begun = directory.resolve("identity-begun");

    // The power goes after the first step,
    try (FileDisk disk = FileDisk.open(survivor)) {
      NewHistory.of(disk).begin(random);
    }
    Files.copy(identity, begun);
    StartFailure refusal = catchThrowableOfType(StartFailure.class, () -> start(0).close());
    assertThat(refusal.exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
    assertThat(refusal).hasMessageContaining("registryd recover --yes");
    String said = LostQuorum.run(survivor, true, random);
    // before the last one,
    Files.copy(begun, identity, StandardCopyOption.REPLACE_EXISTING);
    assertThat(LostQuorum.run(survivor, true, random)).isEqualTo(said);
    // and between the two moves of a log.
    Files.copy(begun, identity, StandardCopyOption.REPLACE_EXISTING);
    Files.move(survivor.resolve("log"), survivor.resolve("log.recovered"));
    assertThat(LostQuorum.run(survivor, true, random)).isEqualTo(said);

    try (var alone = start(0);
        var client = new TestClient(alone.clientAddress())) {
      assertThat(client.ids("orders")).containsExactly("i-1");
    }
  }

  @Test
  void aRunningNodeAndADirectoryOfNobodyAreRefused() throws IOException {
    try (var running = TestNode.single(directory.resolve("node"))) {
      StartFailure refusal =
          catchThrowableOfType(
              StartFailure.class, () -> LostQuorum.run(directory.resolve("node"), true, random));
      assertThat(refusal.exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
      assertThat(running.failed()).isNotDone();
    }
    Path empty = Files.createDirectories(directory.resolve("empty"));
    assertThat(catchThrowableOfType(StartFailure.class, () -> LostQuorum.run(empty, true, random)))
        .hasMessageContaining("nothing to recover");
  }

  private List<RegistryServer> startAll() {
    var starting =
        IntStream.range(0, 3)
            .mapToObj(number ->
                CompletableFuture.supplyAsync(
                    () -> start(number), task -> Thread.ofPlatform().start(task)))
            .toList();
    return starting.stream().map(CompletableFuture::join).toList();
  }

  private RegistryServer start(int number) {
    return TestNode.start(
        TestNode.config(directory.resolve("n" + number), TestNode.member(peerPorts, number)),
        UnaryOperator.identity());
  }
}
