package dev.rollcall.server;

import static dev.rollcall.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.core.Role;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.StartFailure;
import dev.rollcall.v1.Consistency;
import dev.rollcall.v1.GetKeyRequest;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.KeysGrpc;
import dev.rollcall.v1.MembersRequest;
import dev.rollcall.v1.OpenSessionRequest;
import dev.rollcall.v1.PutKeyRequest;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.Status;
import dev.rollcall.v1.UpdateRequest;
import dev.rollcall.v1.WatchResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes in one process, over real sockets and disks. */
class ThreeNodesTest {
  @TempDir Path directory;

  private final List<Integer> peerPorts = TestNode.freePorts(3);
  private List<RegistryServer> servers = List.of();

  @BeforeEach
  void start() {
    servers = start(IntStream.range(0, 3).boxed().toList());
  }

  @AfterEach
  void stop() {
    servers.forEach(RegistryServer::close);
  }

  @Test
  void everyNodeServesWritesKeepalivesAndLinearizableReads() {
    RegistryServer leader = leader(servers);
    List<RegistryServer> followers = others(leader);
    try (var one = new TestClient(followers.get(0).clientAddress());
        var other = new TestClient(followers.get(1).clientAddress())) {
      for (int i = 0; i < 50; i++) {
        long lease = one.register("orders", "i-" + i, 60_000).getLeaseId();
        assertThat(other.resolve("orders").getInstancesCount()).isEqualTo(i + 1);

        var keepAlive = other.keepAlive();
        keepAlive.send(
            KeepAliveRequest.newBuilder().addLeaseIds(lease).addLeaseIds(1L << 40).build());
        var answer = keepAlive.next();
        assertThat(answer.getRenewals(0).getAlive()).isTrue();
        assertThat(answer.getRenewals(1).getAlive()).isFalse();
        keepAlive.end();
      }
      assertThat(one.cluster().members(MembersRequest.getDefaultInstance()).getMembersList())
          .hasSize(3)
          .filteredOn(member -> member.getLeader())
          .singleElement()
          .satisfies(member ->
              assertThat(member.getClientAddress()).isEqualTo(leader.clientAddress().toString()));
    }
  }

  @Test
  void everyNodeServesKeys() {
    List<RegistryServer> followers = others(leader(servers));
    try (var one = new TestClient(followers.get(0).clientAddress());
        var other = new TestClient(followers.get(1).clientAddress())) {
      for (int i = 0; i < 20; i++) {
        var value = ByteString.copyFromUtf8("v" + i);
        var put = PutKeyRequest.newBuilder().setKey("everywhere").setValue(value).build();
        long revision = keys(one).putKey(put).getHeader().getRevision();
        var get = GetKeyRequest.newBuilder().setKey("everywhere");
        assertThat(keys(other).getKey(get.build()).getKey().getValue()).isEqualTo(value);
        get.setConsistency(Consistency.newBuilder().setMinRevision(revision));
        assertThat(keys(one).getKey(get.build()).getKey().getValue()).isEqualTo(value);
      }
      assertThat(
              refusal(() ->
                  keys(one)
                      .putKey(PutKeyRequest.newBuilder().setKey("k").setLeaseId(1L << 40).build())))
          .isEqualTo("NOT_FOUND LEASE_NOT_FOUND");
    }
  }

  private static KeysGrpc.KeysBlockingStub keys(TestClient client) {
    return KeysGrpc.newBlockingStub(client.channel()).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  @Test
  void aRefusalByTheStateIsTheSameThroughAFollower() {
    try (var client = new TestClient(others(leader(servers)).getFirst().clientAddress())) {
      client.register("orders", "i-1", 60_000);
      // Without a session a change of leader between the two would leave the outcome unknown.
      long session = client.openSession();

      assertThat(
              refusal(() ->
                  client
                      .registration()
                      .update(
                          UpdateRequest.newBuilder()
                              .setKey(TestClient.key("orders", "i-1"))
                              .setIncarnation(9)
                              .setSessionId(session)
                              .setSequence(1)
                              .setStatus(Status.STATUS_DOWN)
                              .build())))
          .isEqualTo("FAILED_PRECONDITION STALE_INCARNATION");
      assertThat(refusal(() -> client.register("orders", "i-1", 1)))
          .isEqualTo("INVALID_ARGUMENT TTL_OUT_OF_RANGE");
    }
  }

  @Test
  void whenTheLeaderStopsTheOthersGoOnAndItsReturnCatchesUp() {
    RegistryServer leader = leader(servers);
    RegistryServer follower = others(leader).getFirst();
    try (var client = new TestClient(follower.clientAddress())) {
      client.register("orders", "before", 60_000);
      var watch = client.watch();
      watch.send(Watching.create(1, "orders"));
      watch.next();
      assertThat(watch.next().getSnapshot().getInstancesCount()).isEqualTo(1);

      leader.close();
      client.register("orders", "after", 60_000);

      assertThat(
              Stream.generate(watch::next)
                  .filter(WatchResponse::hasDeltas)
                  .findFirst()
                  .orElseThrow()
                  .getDeltas()
                  .getDeltas(0)
                  .getUpserts(0)
                  .getInstanceId())
          .isEqualTo("after");
      assertThat(client.ids("orders")).containsExactly("after", "before");
    }

    int number = servers.indexOf(leader);
    RegistryServer returned = start(List.of(number)).getFirst();
    var all = new ArrayList<>(servers);
    all.set(number, returned);
    servers = all;
    try (var client = new TestClient(returned.clientAddress())) {
      assertThat(client.ids("orders")).containsExactly("after", "before");
    }
    assertThat(returned.nodeId()).isEqualTo(leader.nodeId());
  }

  @Test
  void withoutAQuorumOnlyReadsThatAskForLessAreAnsweredAndWatchesSaySo() {
    RegistryServer leader = leader(servers);
    RegistryServer left = others(leader).getFirst();
    try (var client = new TestClient(left.clientAddress())) {
      client.register("orders", "i-1", 60_000);
      assertThat(client.ids("orders")).hasSize(1);
      var watch = client.watch();
      watch.send(Watching.create(1, "orders"));

      servers.stream().filter(server -> server != left).forEach(RegistryServer::close);

      // One that was taken for stale when the watch was created is called fresh first.
      boolean isToldSo =
          Stream.generate(watch::next)
              .anyMatch(message -> message.hasFreshness() && message.getFreshness().getStale());
      assertThat(isToldSo).isTrue();
      var request = ResolveRequest.newBuilder().setService("orders").build();
      assertThat(
              refusal(
                  () -> client.discovery().withDeadlineAfter(2, TimeUnit.SECONDS).resolve(request)))
          .isEqualTo("UNAVAILABLE NO_QUORUM");
      assertThat(
              refusal(() ->
                  client
                      .registration()
                      .withDeadlineAfter(2, TimeUnit.SECONDS)
                      .openSession(OpenSessionRequest.getDefaultInstance())))
          .isEqualTo("UNAVAILABLE NO_QUORUM");
      var keepAlive = client.keepAlive();
      keepAlive.send(KeepAliveRequest.newBuilder().addLeaseIds(1).build());
      assertThat(keepAlive.ending()).isEqualTo("UNAVAILABLE NO_QUORUM");
      var any = client.resolveAny("orders");
      assertThat(any.getInstancesCount()).isEqualTo(1);
      assertThat(any.getLagMillis()).isGreaterThan(1_000);
    }
  }

  @Test
  void theDirectoryOfAnotherNodeIsRefused() {
    servers.forEach(RegistryServer::close);
    var config = TestNode.config(directory.resolve("n0"), TestNode.member(peerPorts, 1));

    StartFailure failure =
        catchThrowableOfType(
            StartFailure.class, () -> TestNode.start(config, UnaryOperator.identity()).close());

    assertThat(failure.exitCode()).isEqualTo(ExitCode.DATA_DIRECTORY);
    assertThat(failure).hasMessageContaining("127.0.0.1:" + peerPorts.get(1));
  }

  private List<RegistryServer> start(List<Integer> numbers) {
    var starting =
        numbers.stream()
            .map(number ->
                CompletableFuture.supplyAsync(
                    () ->
                        TestNode.start(
                            TestNode.config(directory.resolve("n" + number), flags(number)),
                            UnaryOperator.identity()),
                    task -> Thread.ofPlatform().start(task)))
            .toList();
    return starting.stream().map(CompletableFuture::join).toList();
  }

  /** With an election timeout that a busy machine does not reach by itself. */
  private String[] flags(int number) {
    return Stream.concat(
            Stream.of(TestNode.member(peerPorts, number)), Stream.of("--election-timeout=1200ms"))
        .toArray(String[]::new);
  }

  private static RegistryServer leader(List<RegistryServer> servers) {
    try (var client = new TestClient(servers.getFirst().clientAddress())) {
      while (true) {
        // A linearizable read proves that there is a leader, and waits for one.
        client.resolve("any");
        var leader =
            servers.stream()
                .filter(server -> server.raftStatus().role() == Role.LEADER)
                .findFirst();
        if (leader.isPresent()) {
          return leader.get();
        }
      }
    }
  }

  private List<RegistryServer> others(RegistryServer server) {
    return servers.stream().filter(other -> other != server).toList();
  }
}
