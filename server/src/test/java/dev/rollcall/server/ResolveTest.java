package dev.rollcall.server;

import static dev.rollcall.server.TestClient.instance;
import static dev.rollcall.server.TestClient.key;
import static dev.rollcall.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.Locality;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.ResolveResponse;
import dev.rollcall.v1.Status;
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

/** Lookups over real gRPC: what is wanted, in what order, on which page. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResolveTest {
  private static final int MIB = 1 << 20;

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
  void healthyOnlyLeavesOutWhatIsNotUp() {
    register(
        instance("health", "up"),
        instance("health", "down").toBuilder().setStatus(Status.STATUS_DOWN).build(),
        instance("health", "starting").toBuilder().setStatus(Status.STATUS_STARTING).build());

    assertThat(client.ids("health")).containsExactly("down", "starting", "up");
    assertThat(ids(request("health").setHealthyOnly(true))).containsExactly("up");
  }

  @Test
  void anEndpointIsWantedByNameAndTheInstanceAnsweredWhole() {
    var admin = Endpoint.newBuilder().setName("admin").setHost("h").setPort(1);
    register(
        instance("ends", "both").toBuilder().addEndpoints(admin).build(), instance("ends", "one"));

    var found = client.discovery().resolve(request("ends").setEndpoint("admin").build());

    assertThat(found.getInstancesList())
        .singleElement()
        .satisfies(instance -> {
          assertThat(instance.getInstanceId()).isEqualTo("both");
          assertThat(instance.getEndpointsCount()).isEqualTo(2);
        });
    assertThat(refusal(() -> ids(request("ends").setEndpoint("a b"))))
        .isEqualTo("INVALID_ARGUMENT INVALID_ENDPOINT");
  }

  @Test
  void theNearestComeFirstAndALimitTakesThem() {
    register(
        at("near", "a-elsewhere", "us", "z1"),
        at("near", "b-region", "eu", "z2"),
        at("near", "c-zone", "eu", "z1"),
        at("near", "d-zone", "eu", "z1"),
        at("near", "e-region", "eu", ""));
    var eu = Locality.newBuilder().setRegion("eu").setZone("z1");

    assertThat(ids(request("near").setNear(eu)))
        .containsExactly("c-zone", "d-zone", "b-region", "e-region", "a-elsewhere");
    assertThat(ids(request("near").setNear(eu).setLimit(3)))
        .containsExactly("c-zone", "d-zone", "b-region");
    assertThat(ids(request("near").setNear(Locality.newBuilder().setZone("z1"))))
        .containsExactly("a-elsewhere", "c-zone", "d-zone", "b-region", "e-region");
    assertThat(ids(request("near").setLimit(2))).containsExactly("a-elsewhere", "b-region");
    assertThat(
            refusal(
                () -> ids(request("near").setNear(Locality.newBuilder().setZone("z".repeat(129))))))
        .isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
  }

  @Test
  void pagesTellWhetherTheServiceMovedBetweenThem() {
    register(
        IntStream.range(0, 6).mapToObj(i -> instance("pages", "i-" + i)).toArray(Instance[]::new));
    var first = client.discovery().resolve(request("pages").setPageSize(2).build());
    var request = request("pages").setPageSize(2).setPageToken(first.getNextPageToken());

    var second = client.discovery().resolve(request.build());
    assertThat(second.getRevisionMoved()).isFalse();
    assertThat(second.getServiceRevision()).isEqualTo(first.getServiceRevision());
    client
        .registration()
        .deregister(DeregisterRequest.newBuilder().setKey(key("pages", "i-2")).build());
    var moved = client.discovery().resolve(request.build());
    var last =
        client
            .discovery()
            .resolve(
                request("pages").setPageSize(9).setPageToken(moved.getNextPageToken()).build());

    assertThat(names(moved)).containsExactly("i-3", "i-4");
    assertThat(moved.getRevisionMoved()).isTrue();
    assertThat(names(last)).containsExactly("i-5");
    assertThat(last.getRevisionMoved()).isTrue();
    assertThat(last.getNextPageToken()).isEmpty();
  }

  @Test
  void aLimitHoldsForAllPagesTogether() {
    register(
        IntStream.range(0, 9).mapToObj(i -> instance("both", "i-" + i)).toArray(Instance[]::new));

    assertThat(pages(request("both").setPageSize(2).setLimit(5)))
        .extracting(ResolveResponse::getInstancesCount)
        .containsExactly(2, 2, 1);
    assertThat(pages(request("both").setPageSize(2).setLimit(4)))
        .extracting(ResolveResponse::getInstancesCount)
        .containsExactly(2, 2);
  }

  @Test
  void aPageTokenIsGoodOnlyAsItWasGivenAndForTheSameLookup() {
    register(instance("token", "a"), instance("token", "b"));
    String token =
        client.discovery().resolve(request("token").setPageSize(1).build()).getNextPageToken();
    var tampered = new StringBuilder(token);
    tampered.setCharAt(12, token.charAt(12) == 'A' ? 'B' : 'A');

    assertThat(ids(request("TOKEN").setPageSize(7).setPageToken(token))).containsExactly("b");
    Stream.of(
            request("token").setPageToken("no token"),
            request("token").setPageToken("AAAA"),
            request("token").setPageToken("x".repeat(100_000)),
            request("token").setPageToken(tampered.toString()),
            request("token").setPageToken(token).setHealthyOnly(true),
            request("token").setPageToken(token).setLimit(5),
            request("token").setPageToken(token).setFilter("weight > 1"),
            request("pages").setPageToken(token),
            request("token").setPageSize(10_001))
        .forEach(bad ->
            assertThat(refusal(() -> ids(bad))).isEqualTo("INVALID_ARGUMENT INVALID_REQUEST"));
    assertThat(ids(request("token").setPageSize(10_000))).hasSize(2);
  }

  @Test
  void anAnswerIsAMebibyteAtMostWhateverIsAskedFor() {
    for (int batch = 0; batch < 3; batch++) {
      int from = 30 * batch;
      register(
          IntStream.range(from, from + 30)
              .mapToObj(i ->
                  instance("large", "i-%03d".formatted(i)).toBuilder()
                      .putMetadata("m", "x".repeat(16_000))
                      .build())
              .toArray(Instance[]::new));
    }

    List<ResolveResponse> pages = pages(request("large"));

    assertThat(pages).hasSize(2);
    assertThat(pages.getFirst().getSerializedSize()).isBetween(MIB - 85_000, MIB);
    assertThat(pages.stream().flatMap(page -> names(page).stream()))
        .containsExactlyElementsOf(IntStream.range(0, 90).mapToObj("i-%03d"::formatted).toList());
  }

  private void register(Instance... instances) {
    var unused =
        client
            .registration()
            .register(
                RegisterRequest.newBuilder()
                    .addAllInstances(List.of(instances))
                    .setTtlMillis(3_600_000)
                    .build());
  }

  private List<ResolveResponse> pages(ResolveRequest.Builder request) {
    var pages = new ArrayList<ResolveResponse>();
    do {
      pages.add(client.discovery().resolve(request.build()));
      request.setPageToken(pages.getLast().getNextPageToken());
    } while (!request.getPageToken().isEmpty());
    return pages;
  }

  private List<String> ids(ResolveRequest.Builder request) {
    return names(client.discovery().resolve(request.build()));
  }

  private static List<String> names(ResolveResponse answer) {
    return answer.getInstancesList().stream().map(Instance::getInstanceId).toList();
  }

  private static ResolveRequest.Builder request(String service) {
    return ResolveRequest.newBuilder().setService(service);
  }

  private static Instance at(String service, String id, String region, String zone) {
    return instance(service, id).toBuilder()
        .setLocality(Locality.newBuilder().setRegion(region).setZone(zone))
        .build();
  }
}
