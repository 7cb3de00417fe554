package dev.rollcall.server;

import static dev.rollcall.server.TestClient.instance;
import static dev.rollcall.server.TestClient.key;
import static dev.rollcall.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.KeepAliveResponse;
import dev.rollcall.v1.LeaseRenewal;
import dev.rollcall.v1.ListServicesRequest;
import dev.rollcall.v1.MembersRequest;
import dev.rollcall.v1.OpenSessionRequest;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RegisterResponse;
import dev.rollcall.v1.Role;
import dev.rollcall.v1.ServiceSummary;
import dev.rollcall.v1.Status;
import dev.rollcall.v1.StatusRequest;
import dev.rollcall.v1.UpdateRequest;
import dev.rollcall.v1.UpdateResponse;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One node over real gRPC, a real log and a real RocksDB. Each test has a service of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SingleNodeTest {
  private RegistryServer server;
  private TestClient client;

  @BeforeAll
  void start(@TempDir Path directory) {
    server = TestNode.single(directory);
    client = new TestClient(server.clientAddress());
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void aRegisteredInstanceIsFoundUntilItIsDeregistered() {
    RegisterResponse registered = client.register("orders", "i-1", 60_000);
    Instance found = client.resolve("ORDERS").getInstances(0);

    assertThat(found.getInstanceId()).isEqualTo("i-1");
    assertThat(found.getLeaseId()).isEqualTo(registered.getLeaseId());
    assertThat(found.getCreateRevision()).isEqualTo(registered.getHeader().getRevision());
    assertThat(registered.getTtlMillis()).isEqualTo(60_000);
    assertThat(registered.getHeader().getClusterId().size()).isEqualTo(16);
    assertThat(registered.getHeader().getHistoryId().size()).isEqualTo(16);

    var gone =
        client
            .registration()
            .deregister(
                DeregisterRequest.newBuilder()
                    .setKey(key("orders", "i-1"))
                    .setIncarnation(1)
                    .build());

    assertThat(gone.getHeader().getRevision()).isGreaterThan(registered.getHeader().getRevision());
    assertThat(client.ids("orders")).isEmpty();
    assertThat(client.resolve("orders").getServiceRevision())
        .isEqualTo(gone.getHeader().getRevision());
  }

  @Test
  void aRepeatedRegistrationIsAnsweredWithTheFirst() {
    RegisterResponse first = client.register("repeated", "i-1", 60_000);

    assertThat(client.register("repeated", "i-1", 60_000)).isEqualTo(first);
  }

  @Test
  void anUpdateChangesWhatItNamesAndASessionRemembersIt() {
    client.register("updated", "i-1", 60_000);
    long session =
        client.registration().openSession(OpenSessionRequest.getDefaultInstance()).getSessionId();
    var update =
        UpdateRequest.newBuilder()
            .setKey(key("updated", "i-1"))
            .setStatus(Status.STATUS_OUT_OF_SERVICE)
            .setWeight(7)
            .setSessionId(session)
            .setSequence(1)
            .build();

    UpdateResponse first = client.registration().update(update);
    UpdateResponse repeat = client.registration().update(update);

    assertThat(first.getInstance().getStatus()).isEqualTo(Status.STATUS_OUT_OF_SERVICE);
    assertThat(first.getInstance().getWeight()).isEqualTo(7);
    assertThat(first.getInstance().getEndpointsCount()).isEqualTo(1);
    assertThat(repeat).isEqualTo(first);
  }

  @Test
  void anInstanceLivesAsLongAsItIsKeptAliveAndGoesWhenItFallsSilent() {
    long lease = client.register("silent", "i-1", 1_000).getLeaseId();
    var stream = client.keepAlive();
    long until = System.nanoTime() + 2_500_000_000L;
    // Each answer is a quorum round away, so this turns a few thousand times without any pause.
    while (System.nanoTime() - until < 0) {
      stream.send(KeepAliveRequest.newBuilder().addLeaseIds(lease).build());
      assertThat(stream.next().getRenewals(0).getAlive()).isTrue();
    }
    assertThat(client.ids("silent")).containsExactly("i-1");

    long silent = System.nanoTime();
    var watch = client.watch();
    watch.send(Watching.create(1, "silent"));
    Watching.next(watch);
    Watching.next(watch);
    var delta = Watching.next(watch).getDeltas().getDeltas(0);

    assertThat(delta.getRemoves(0).getInstanceId()).isEqualTo("i-1");
    assertThat(System.nanoTime() - silent).isBetween(900_000_000L, 3_000_000_000L);
    stream.send(KeepAliveRequest.newBuilder().addLeaseIds(lease).build());
    assertThat(stream.next().getRenewals(0).getAlive()).isFalse();
    stream.end();
    assertThat(stream.ending()).isEqualTo("OK");
  }

  @Test
  void keepAlivesAreAnsweredInOrderOnceEach() {
    long lease = client.register("ordered", "i-1", 60_000).getLeaseId();
    var stream = client.keepAlive();
    for (int i = 0; i < 200; i++) {
      stream.send(
          KeepAliveRequest.newBuilder().addLeaseIds(1_000_000 + i).addLeaseIds(lease).build());
    }

    for (int i = 0; i < 200; i++) {
      KeepAliveResponse response = stream.next();
      assertThat(response.getRenewalsList())
          .containsExactly(
              LeaseRenewal.newBuilder().setLeaseId(1_000_000 + i).build(),
              LeaseRenewal.newBuilder()
                  .setLeaseId(lease)
                  .setAlive(true)
                  .setTtlMillis(60_000)
                  .build());
    }
    stream.end();
    assertThat(stream.ending()).isEqualTo("OK");
  }

  @Test
  void servicesAreListedPageByPage() {
    var instances =
        Stream.of("p-c", "p-a", "p-d", "P-B", "p-e").map(name -> instance(name, "i-1")).toList();
    client
        .registration()
        .register(
            RegisterRequest.newBuilder().addAllInstances(instances).setTtlMillis(60_000).build());
    var request = ListServicesRequest.newBuilder().setPrefix("P-").setPageSize(2);

    var first = client.discovery().listServices(request.build());
    var second =
        client.discovery().listServices(request.setPageToken(first.getNextPageToken()).build());
    var third =
        client.discovery().listServices(request.setPageToken(second.getNextPageToken()).build());

    assertThat(first.getServicesList().stream().map(ServiceSummary::getService))
        .containsExactly("p-a", "P-B");
    assertThat(second.getServicesList().stream().map(ServiceSummary::getService))
        .containsExactly("p-c", "p-d");
    assertThat(third.getServicesList().stream().map(ServiceSummary::getService))
        .containsExactly("p-e");
    assertThat(third.getNextPageToken()).isEmpty();
    assertThat(third.getServices(0).getInstances()).isEqualTo(1);
  }

  @Test
  void aFilteredListOfServicesGoesOnBehindWhatItLookedAt() {
    for (int batch = 0; batch < 11; batch++) {
      int from = 1_000 * batch;
      var instances =
          IntStream.range(from, from + 1_000)
              .mapToObj(i -> instance("s-%05d".formatted(i), "i"))
              .toList();
      var request = RegisterRequest.newBuilder().addAllInstances(instances).setTtlMillis(60_000);
      var unused = client.registration().register(request.build());
    }
    var request =
        ListServicesRequest.newBuilder()
            .setPrefix("s-")
            .setFilter("name matches `[07]777$` and instances > 0")
            .setPageSize(1);
    var found = new ArrayList<String>();
    int pages = 0;
    do {
      var page = client.discovery().listServices(request.build());
      page.getServicesList().forEach(service -> found.add(service.getService()));
      request.setPageToken(page.getNextPageToken());
      pages++;
    } while (!request.getPageToken().isEmpty());

    assertThat(found).containsExactly("s-00777", "s-07777", "s-10777");
    assertThat(pages).isBetween(3, 4);
    assertThat(refusal(() -> client.discovery().listServices(request.setFilter("x").build())))
        .isEqualTo("INVALID_ARGUMENT INVALID_FILTER");
  }

  @Test
  void theNodeTellsWhatItIs() {
    client.register("told", "i-1", 60_000);
    var status = client.cluster().status(StatusRequest.getDefaultInstance());
    var members = client.cluster().members(MembersRequest.getDefaultInstance());

    assertThat(status.getRole()).isEqualTo(Role.ROLE_LEADER);
    assertThat(status.getLeaderId()).isEqualTo(status.getHeader().getNodeId());
    assertThat(status.getAppliedIndex()).isPositive();
    assertThat(status.getStateDigest().size()).isEqualTo(32);
    assertThat(status.getInstances()).isPositive();
    assertThat(status.getLagMillis()).isZero();
    assertThat(members.getMembersList())
        .singleElement()
        .satisfies(member -> {
          assertThat(member.getClientAddress()).isEqualTo(server.clientAddress().toString());
          assertThat(member.getPeerAddress()).isEqualTo(server.peerAddress().toString());
          assertThat(member.getVoter()).isTrue();
          assertThat(member.getLeader()).isTrue();
        });
  }

  @Test
  void healthAndReadinessSayThatItServes() throws Exception {
    var health = HealthGrpc.newBlockingStub(client.channel());
    assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
        .isEqualTo(ServingStatus.SERVING);

    try (var http = HttpClient.newHttpClient()) {
      var ready =
          http.send(
              HttpRequest.newBuilder(URI.create("http://" + server.httpAddress() + "/readyz"))
                  .build(),
              BodyHandlers.ofString());
      var metrics =
          http.send(
              HttpRequest.newBuilder(URI.create("http://" + server.httpAddress() + "/metrics"))
                  .build(),
              BodyHandlers.ofString());
      assertThat(ready.body()).isEqualTo("ok\n");
      assertThat(metrics.body())
          .contains("rollcall_raft_leader 1.0")
          .contains("rollcall_registry_instances")
          .contains("rollcall_log_force_seconds_bucket")
          .contains("process_memory_resident_bytes");
    }
  }

  @Test
  void reflectionNamesTheServices() {
    var reflection =
        new TestClient.Stream<ServerReflectionRequest, ServerReflectionResponse>(
            ServerReflectionGrpc.newStub(client.channel())::serverReflectionInfo);
    reflection.send(ServerReflectionRequest.newBuilder().setListServices("").build());

    assertThat(reflection.next().getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains(
            "rollcall.v1.Registration",
            "rollcall.v1.Discovery",
            "rollcall.v1.Cluster",
            "grpc.health.v1.Health");
    reflection.end();
  }

  @Test
  void aKeepAliveNamesOneToTenThousandLeases() {
    var none = client.keepAlive();
    none.send(KeepAliveRequest.getDefaultInstance());
    assertThat(none.ending()).isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");

    var many = client.keepAlive();
    var request = KeepAliveRequest.newBuilder();
    for (long lease = 1; lease <= 10_000; lease++) {
      request.addLeaseIds(1L << 40 | lease);
    }
    many.send(request.build());
    assertThat(many.next().getRenewalsCount()).isEqualTo(10_000);
    many.send(request.addLeaseIds(1).build());
    assertThat(many.ending()).isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
  }

  @Test
  void aRegistrationOfTooManyBytesIsRefusedAsAWhole() {
    var request = RegisterRequest.newBuilder().setTtlMillis(1_000);
    for (int i = 0; i < 1_000; i++) {
      request.addInstances(
          instance("large", "i-" + i).toBuilder().putMetadata("m", "x".repeat(1_600)));
    }

    assertThat(refusal(() -> client.registration().register(request.build())))
        .isEqualTo("INVALID_ARGUMENT REQUEST_TOO_LARGE");
    assertThat(client.ids("large")).isEqualTo(List.of());
  }
}
