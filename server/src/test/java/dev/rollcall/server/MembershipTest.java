package dev.rollcall.server;

import static dev.rollcall.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Role;
import dev.rollcall.server.api.Headers;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.StartFailure;
import dev.rollcall.v1.AddMemberRequest;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.Member;
import dev.rollcall.v1.MembersRequest;
import dev.rollcall.v1.MembershipResponse;
import dev.rollcall.v1.PromoteMemberRequest;
import dev.rollcall.v1.RemoveMemberRequest;
import dev.rollcall.v1.ReplaceMemberRequest;
import dev.rollcall.v1.TransferLeadershipRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members come and go, over real sockets and disks, by an operator's calls and by nothing else. */
class MembershipTest {
  private static final int NODES = 6;

  @TempDir Path directory;

  private final List<Integer> peerPorts = TestNode.freePorts(NODES);
  private final Set<RegistryServer> servers = new HashSet<>();
  private final List<RegistryServer> founders = new ArrayList<>();

  @BeforeEach
  void start() {
    List<Integer> founding = peerPorts.subList(0, 3);
    var starting =
        IntStream.range(0, 3)
            .mapToObj(number -> starting("n" + number, TestNode.member(founding, number)))
            .toList();
    starting.forEach(server -> founders.add(server.join()));
  }

  @AfterEach
  void stop() {
    List.copyOf(servers).forEach(RegistryServer::close);
  }

  @Test
  void aNodeThatWaitsIsLetInByTheCommandAndByNothingElse() {
    CompletableFuture<RegistryServer> joining = joining(3, 0);
    try (var client = client(follower())) {
      client.register("orders", "i-1", 60_000);
      assertThat(members(client)).hasSize(3);
      assertThat(joining).isNotDone();

      MembershipResponse answer = onceItListens(joining, () -> add(client, 3));

      assertThat(answer.getAlready()).isFalse();
      assertThat(answer.getMember().getPeerAddress()).isEqualTo(address(3));
      RegistryServer joined = joining.join();
      assertThat(answer.getMember().getNodeId()).isEqualTo(id(joined));
      assertThat(add(client, 3).getAlready()).isTrue();
      assertThat(joined.nodeId()).isNotIn(founders.stream().map(RegistryServer::nodeId).toList());
      awaitMembers(client, all -> all.size() == 4 && all.stream().allMatch(Member::getVoter));
      assertThat(promote(client, joined).getAlready()).isTrue();
      try (var there = client(joined)) {
        assertThat(there.ids("orders")).containsExactly("i-1");
        there.register("orders", "i-2", 60_000);
      }
      assertThat(client.ids("orders")).containsExactly("i-1", "i-2");
    }
  }

  @Test
  void whatCannotBeIsRefusedByItsName() {
    try (var client = client(follower())) {
      assertThat(refusal(() -> add(client, 3))).isEqualTo("FAILED_PRECONDITION MEMBER_UNREACHABLE");
      assertThat(refusal(() -> remove(client, new NodeId(1, 2))))
          .isEqualTo("NOT_FOUND MEMBER_NOT_FOUND");
      var nowhere = AddMemberRequest.newBuilder().setPeerAddress("nowhere").build();
      assertThat(refusal(() -> calls(client).addMember(nowhere)))
          .isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
      RegistryServer stranger = starting("stranger", "--peer-listen=" + address(3)).join();
      assertThat(refusal(() -> add(client, 3))).isEqualTo("FAILED_PRECONDITION MEMBER_NOT_WAITING");
      assertThat(stranger.raftStatus().configuration().members()).hasSize(1);
      try (var there = client(stranger)) {
        assertThat(refusal(() -> remove(there, stranger.nodeId())))
            .isEqualTo("FAILED_PRECONDITION INVALID_CHANGE");
      }
    }
  }

  @Test
  void aRemovedNodeEndsWithItsOwnCodeAndNeverComesBack() {
    RegistryServer out = leader();
    RegistryServer stays = founders.stream().filter(each -> each != out).findFirst().orElseThrow();
    try (var client = client(stays)) {
      client.register("orders", "i-1", 60_000);

      assertThat(remove(client, out.nodeId()).getMember().getNodeId()).isEqualTo(id(out));

      assertThat(out.failed().orTimeout(60, TimeUnit.SECONDS).join().exitCode())
          .isEqualTo(ExitCode.REMOVED);
      assertThat(remove(client, out.nodeId()).getAlready()).isTrue();
      client.register("orders", "i-2", 60_000);
      awaitMembers(client, all -> all.size() == 2);
      // Its directory says so still, or its peers do.
      var again = starting("n" + founders.indexOf(out), memberFlags(founders.indexOf(out)));
      var failed =
          again
              .thenCompose(RegistryServer::failed)
              .exceptionally(e -> (StartFailure) e.getCause())
              .orTimeout(60, TimeUnit.SECONDS);
      assertThat(failed.join().exitCode()).isEqualTo(ExitCode.REMOVED);
      assertThat(client.ids("orders")).containsExactly("i-1", "i-2");
    }
  }

  @Test
  void everyMemberIsReplacedOneAfterTheOtherTheLeaderToo() {
    try (var client = client(founders.getLast())) {
      client.register("orders", "i-1", 60_000);
    }
    List<RegistryServer> now = new ArrayList<>(founders);
    for (int number = 0; number < 3; number++) {
      RegistryServer old = now.get(number);
      RegistryServer other = now.get((number + 1) % 3);
      CompletableFuture<RegistryServer> joining =
          starting("r" + number, joinFlags(3 + number, other.peerAddress().toString()));
      try (var client = client(other)) {
        var request =
            ReplaceMemberRequest.newBuilder()
                .setOldNodeId(id(old))
                .setPeerAddress(address(3 + number))
                .build();
        onceItListens(joining, () -> calls(client).replaceMember(request));
        now.set(number, joining.join());
        assertThat(old.failed().orTimeout(60, TimeUnit.SECONDS).join().exitCode())
            .isEqualTo(ExitCode.REMOVED);
        client.register("orders", "after-" + number, 60_000);
      }
    }
    try (var client = client(now.getFirst())) {
      assertThat(client.ids("orders")).containsExactly("after-0", "after-1", "after-2", "i-1");
      awaitMembers(
          client,
          all ->
              all.stream()
                  .map(Member::getNodeId)
                  .collect(Collectors.toSet())
                  .equals(now.stream().map(MembershipTest::id).collect(Collectors.toSet())));
    }
  }

  @Test
  void theLeadershipGoesWhereItIsSent() {
    RegistryServer before = leader();
    RegistryServer heir =
        founders.stream().filter(each -> each != before).findFirst().orElseThrow();
    try (var client = client(before)) {
      var request = TransferLeadershipRequest.newBuilder().setNodeId(id(heir)).build();
      assertThat(calls(client).transferLeadership(request).getMember().getNodeId())
          .isEqualTo(id(heir));
      client.register("orders", "i-1", 60_000);
      MembershipResponse anywhere =
          calls(client).transferLeadership(TransferLeadershipRequest.getDefaultInstance());
      assertThat(anywhere.getMember().getNodeId()).isNotEqualTo(id(heir));
    }
  }

  @Test
  void anEmptyDirectoryIsStillRefusedWithoutJoin() {
    var wiped = starting("wiped", memberFlagsAt(3));
    assertThat(wiped.handle((server, failure) -> failure).join())
        .hasMessageContaining("is new, but");
  }

  private String[] memberFlags(int number) {
    return TestNode.member(peerPorts.subList(0, 3), number);
  }

  /** As if it were one of four founders. */
  private String[] memberFlagsAt(int number) {
    return TestNode.member(peerPorts.subList(0, 4), number);
  }

  private String[] joinFlags(int number, String contact) {
    return new String[] {"--peer-listen=" + address(number), "--join=" + contact};
  }

  private CompletableFuture<RegistryServer> joining(int number, int contact) {
    return starting("n" + number, joinFlags(number, address(contact)));
  }

  private CompletableFuture<RegistryServer> starting(String name, String... flags) {
    return CompletableFuture.supplyAsync(
        () -> {
          RegistryServer server =
              TestNode.start(
                  TestNode.config(directory.resolve(name), flags), UnaryOperator.identity());
          synchronized (servers) {
            servers.add(server);
          }
          return server;
        },
        task -> Thread.ofPlatform().start(task));
  }

  private String address(int number) {
    return "127.0.0.1:" + peerPorts.get(number);
  }

  private RegistryServer leader() {
    try (var client = client(founders.getFirst())) {
      while (true) {
        client.resolve("any"); // waits for a leader
        for (RegistryServer server : founders) {
          if (server.raftStatus().role() == Role.LEADER) {
            return server;
          }
        }
      }
    }
  }

  private RegistryServer follower() {
    RegistryServer leader = leader();
    return founders.stream().filter(each -> each != leader).findFirst().orElseThrow();
  }

  private static TestClient client(RegistryServer server) {
    return new TestClient(server.clientAddress());
  }

  private static ClusterGrpc.ClusterBlockingStub calls(TestClient client) {
    return client.cluster().withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private MembershipResponse add(TestClient client, int number) {
    return calls(client)
        .addMember(AddMemberRequest.newBuilder().setPeerAddress(address(number)).build());
  }

  /** Until the node that starts listens at all, and as long as it may still come to that. */
  private static <T> T onceItListens(CompletableFuture<RegistryServer> starting, Supplier<T> call) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        return call.get();
      } catch (StatusRuntimeException e) {
        if (!TestClient.reason(e).endsWith("MEMBER_UNREACHABLE")
            || starting.isCompletedExceptionally()
            || System.nanoTime() - deadline > 0) {
          starting.getNow(null); // with its own failure, if it has one
          throw e;
        }
      }
    }
  }

  private static MembershipResponse remove(TestClient client, NodeId id) {
    return calls(client)
        .removeMember(RemoveMemberRequest.newBuilder().setNodeId(Headers.bytes(id)).build());
  }

  private static MembershipResponse promote(TestClient client, RegistryServer server) {
    return calls(client)
        .promoteMember(PromoteMemberRequest.newBuilder().setNodeId(id(server)).build());
  }

  private static List<Member> members(TestClient client) {
    return client.cluster().members(MembersRequest.getDefaultInstance()).getMembersList();
  }

  private static void awaitMembers(TestClient client, Predicate<List<Member>> so) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    List<Member> last = members(client);
    while (!so.test(last)) {
      assertThat(System.nanoTime() - deadline).as("members are %s", last).isNegative();
      client.resolve("any"); // takes a round of a quorum, so this does not spin
      last = members(client);
    }
  }

  private static ByteString id(RegistryServer server) {
    return Headers.bytes(server.nodeId());
  }
}
