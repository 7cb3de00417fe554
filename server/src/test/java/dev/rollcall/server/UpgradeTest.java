package dev.rollcall.server;

import static dev.rollcall.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.StartFailure;
import dev.rollcall.store.Features;
import dev.rollcall.v1.AddMemberRequest;
import dev.rollcall.v1.RaiseFeatureLevelRequest;
import dev.rollcall.v1.RaiseFeatureLevelResponse;
import dev.rollcall.v1.StatusRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes are upgraded one after the other, over real sockets and disks. */
class UpgradeTest {
  private static final Features OLD = Features.CURRENT;
  private static final Features NEW = new Features(2, command -> 1);
  private static final int WAITING = 3;
  private static final String ADVICE =
      "needs feature level 2, this version knows levels up to 1: start a newer version";

  @TempDir Path directory;

  private final List<Integer> peerPorts = TestNode.freePorts(4);
  private final List<RegistryServer> servers = new ArrayList<>();

  @BeforeEach
  void start() {
    var starting = IntStream.range(0, 3).mapToObj(i -> starting(i, i == 2 ? OLD : NEW)).toList();
    starting.forEach(server -> servers.add(server.join()));
  }

  @AfterEach
  void stop() {
    servers.forEach(RegistryServer::close);
  }

  @Test
  void theLevelIsRaisedOnceEveryMemberKnowsItAndThenThereIsNoWayBack() {
    try (var client = new TestClient(servers.getFirst().clientAddress())) {
      client.register("orders", "i-1", 60_000);
      assertThat(refusedRaise(client))
          .contains("FEATURE_LEVEL_UNSUPPORTED", servers.get(2).nodeId().toString());
      assertThat(levels(servers.get(2))).containsExactly(1, 1);

      var before = servers.remove(2);
      before.close();
      assertThat(refusedRaise(client)).contains("MEMBER_UNREACHABLE", before.nodeId().toString());
      assertThat(levels(servers.get(1))).containsExactly(1, 2);

      servers.add(starting(2, NEW).join());
      assertThat(raise(client, 2)).isEqualTo(answer(2, false));
      assertThat(raise(client, 2)).isEqualTo(answer(2, true));
      assertThat(refusal(() -> raise(client, 1))).isEqualTo("FAILED_PRECONDITION INVALID_CHANGE");
      servers.forEach(server -> {
        try (var there = new TestClient(server.clientAddress())) {
          there.resolve("orders"); // waits until it has applied as much
        }
        assertThat(levels(server)).containsExactly(2, 2);
      });

      servers.remove(2).close();
      assertThat(failure(starting(2, OLD))).contains(ADVICE);
      servers.add(starting(2, NEW).join());
      assertThat(client.ids("orders")).containsExactly("i-1");
    }
  }

  @Test
  void aNodeThatDoesNotKnowTheLevelIsNotLetIn() {
    servers.remove(2).close();
    servers.add(starting(2, NEW).join());
    try (var client = new TestClient(servers.getFirst().clientAddress())) {
      // Without a level: the highest that the leader knows.
      assertThat(raise(client, 0)).isEqualTo(answer(2, false));
      CompletableFuture<RegistryServer> waiting = joining("old", OLD);
      assertThat(onceItListens(waiting, client)).contains("FEATURE_LEVEL_UNSUPPORTED");
      assertThat(servers.getFirst().raftStatus().configuration().members()).hasSize(3);
    }
  }

  private CompletableFuture<RegistryServer> starting(int number, Features features) {
    return starting("n" + number, features, TestNode.member(peerPorts.subList(0, 3), number));
  }

  private CompletableFuture<RegistryServer> joining(String name, Features features) {
    return starting(
        name,
        features,
        "--peer-listen=127.0.0.1:" + peerPorts.get(WAITING),
        "--join=127.0.0.1:" + peerPorts.getFirst());
  }

  private CompletableFuture<RegistryServer> starting(
      String name, Features features, String... flags) {
    var config = TestNode.config(directory.resolve(name), flags);
    return CompletableFuture.supplyAsync(
        () -> TestNode.start(config, UnaryOperator.identity(), features),
        task -> Thread.ofPlatform().daemon().start(task));
  }

  private static String failure(CompletableFuture<RegistryServer> starting) {
    var failure =
        (StartFailure)
            starting
                .thenCompose(RegistryServer::failed)
                .handle((ended, failed) -> failed == null ? ended : failed.getCause())
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    assertThat(failure.exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
    return failure.line();
  }

  private static RaiseFeatureLevelResponse raise(TestClient client, int level) {
    var request = RaiseFeatureLevelRequest.newBuilder().setLevel(level).build();
    return client.cluster().raiseFeatureLevel(request).toBuilder().clearHeader().build();
  }

  private static RaiseFeatureLevelResponse answer(int level, boolean already) {
    return RaiseFeatureLevelResponse.newBuilder().setLevel(level).setAlready(already).build();
  }

  private static String refusedRaise(TestClient client) {
    return String.valueOf(
        catchThrowableOfType(StatusRuntimeException.class, () -> raise(client, 2)).getMessage());
  }

  /** The level agreed on, and the highest known, as a node says. */
  private static List<Integer> levels(RegistryServer server) {
    try (var client = new TestClient(server.clientAddress())) {
      var status = client.cluster().status(StatusRequest.getDefaultInstance());
      return List.of(status.getFeatureLevel(), status.getFeatureLevelSupported());
    }
  }

  private String onceItListens(CompletableFuture<RegistryServer> waiting, TestClient client) {
    var request =
        AddMemberRequest.newBuilder().setPeerAddress("127.0.0.1:" + peerPorts.get(WAITING)).build();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      String refusal = refusal(() -> client.cluster().addMember(request));
      if (!refusal.endsWith("MEMBER_UNREACHABLE")
          || waiting.isCompletedExceptionally()
          || System.nanoTime() - deadline > 0) {
        return refusal;
      }
    }
  }
}
