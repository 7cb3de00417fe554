package dev.rollcall.server;

import static dev.rollcall.server.TestClient.instance;
import static dev.rollcall.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.GrantLeaseRequest;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.Locality;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.ResolveRequest;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The enforced limits, over real gRPC: the largest that is allowed passes, one more is refused with
 * its reason. Those of answers are in {@link ResolveTest}, that of the watches of a stream in
 * {@link WatchTest}; that of an applied batch is the Raft library's, which tests it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsTest {
  private static final int REQUEST_BYTES_MAX = 3 << 19;

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

  static Stream<Arguments> ofAnInstance() {
    return Stream.of(
        limit("namespace", 128, "INVALID_NAME", (b, n) -> b.setNamespace("n".repeat(n))),
        limit("service", 128, "INVALID_NAME", (b, n) -> b.setService("s".repeat(n))),
        limit("instance id", 256, "INVALID_NAME", (b, n) -> b.setInstanceId("~".repeat(n))),
        limit("endpoints", 16, "TOO_MANY_ENDPOINTS", LimitsTest::endpoints),
        limit("endpoint name", 64, "INVALID_ENDPOINT", (b, n) -> first(b).setName("e".repeat(n))),
        limit("protocol", 32, "INVALID_ENDPOINT", (b, n) -> first(b).setProtocol("p".repeat(n))),
        limit("host", 253, "INVALID_ENDPOINT", (b, n) -> first(b).setHost("h".repeat(n))),
        limit("port", 65_535, "INVALID_ENDPOINT", (b, n) -> first(b).setPort(n)),
        limit("weight", 65_535, "INVALID_WEIGHT", (b, n) -> b.setWeight(n)),
        limit("version", 128, "INVALID_REQUEST", (b, n) -> b.setVersion("v".repeat(n))),
        limit("zone", 128, "INVALID_REQUEST", (b, n) -> b.setLocality(zone("z".repeat(n)))),
        limit("tags", 64, "INVALID_TAGS", (b, n) -> numbers(n).forEach(b::addTags)),
        limit("bytes of a tag", 128, "INVALID_TAGS", (b, n) -> b.addTags("t".repeat(n))),
        limit("metadata pairs", 64, "METADATA_TOO_LARGE", LimitsTest::pairs),
        limit("metadata bytes", 16_384, "METADATA_TOO_LARGE", LimitsTest::metadataBytes),
        limit(
            "metadata key", 128, "METADATA_TOO_LARGE", (b, n) -> b.putMetadata("k".repeat(n), "")),
        limit("record bytes", 65_536, "RECORD_TOO_LARGE", LimitsTest::recordBytes));
  }

  @ParameterizedTest(name = "{0}: {1}, else {2}")
  @MethodSource("ofAnInstance")
  void anInstanceIsTakenUpToTheLimit(
      String what, int largest, String reason, BiConsumer<Instance.Builder, Integer> make) {
    var allowed = instance("limits", "of-" + what).toBuilder();
    make.accept(allowed, largest);
    var tooMuch = instance("limits", "over-" + what).toBuilder();
    make.accept(tooMuch, largest + 1);

    assertThat(register(allowed.build(), 60_000)).isPositive();
    assertThat(refusal(() -> register(tooMuch.build(), 60_000)))
        .isEqualTo("INVALID_ARGUMENT " + reason);
  }

  @Test
  void aTtlIsASecondToADay() {
    var instance = instance("limits", "ttl");
    assertThat(refusal(() -> register(instance, 999)))
        .isEqualTo("INVALID_ARGUMENT TTL_OUT_OF_RANGE");
    assertThat(register(instance, 1_000)).isPositive();
    assertThat(refusal(() -> register(instance("limits", "day"), 86_400_001)))
        .isEqualTo("INVALID_ARGUMENT TTL_OUT_OF_RANGE");
    assertThat(register(instance("limits", "day"), 86_400_000)).isPositive();
  }

  @Test
  void aLeaseCarriesAThousandInstancesAndARequestToo() {
    long lease =
        client
            .registration()
            .grantLease(GrantLeaseRequest.newBuilder().setTtlMillis(60_000).build())
            .getLeaseId();
    var thousand = RegisterRequest.newBuilder().setLeaseId(lease);
    numbers(1_000).forEach(id -> thousand.addInstances(instance("crowd", id)));
    var oneMore =
        RegisterRequest.newBuilder().setLeaseId(lease).addInstances(instance("crowd", "one-more"));
    var tooMany = RegisterRequest.newBuilder().setTtlMillis(60_000);
    numbers(1_001).forEach(id -> tooMany.addInstances(instance("mob", id)));

    assertThat(registered(thousand)).isEqualTo(lease);
    assertThat(refusal(() -> registered(oneMore))).isEqualTo("RESOURCE_EXHAUSTED LEASE_FULL");
    assertThat(refusal(() -> registered(tooMany))).isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
    assertThat(client.ids("crowd")).hasSize(1_000);
    assertThat(client.ids("mob")).isEmpty();
  }

  @Test
  void aRequestIsAMebibyteAndAHalf() {
    assertThat(client.discovery().resolve(padded(REQUEST_BYTES_MAX)).getInstancesCount()).isZero();
    assertThat(refusal(() -> client.discovery().resolve(padded(REQUEST_BYTES_MAX + 1))))
        .isEqualTo("INVALID_ARGUMENT REQUEST_TOO_LARGE");
  }

  @Test
  void aFilterHasFourKibibytesAndSixteenLevels() {
    Supplier<String> longest = () -> "id == " + "x".repeat(4_096 - "id == ".length());

    assertThat(filtered(longest.get())).isZero();
    assertThat(refusal(() -> filtered(longest.get() + "x")))
        .isEqualTo("INVALID_ARGUMENT INVALID_FILTER");
    assertThat(filtered("(".repeat(16) + "id == x" + ")".repeat(16))).isZero();
    assertThat(refusal(() -> filtered("(".repeat(17) + "id == x" + ")".repeat(17))))
        .isEqualTo("INVALID_ARGUMENT INVALID_FILTER");
  }

  private int filtered(String filter) {
    var request = ResolveRequest.newBuilder().setService("nobody").setFilter(filter).build();
    return client.discovery().resolve(request).getInstancesCount();
  }

  private long register(Instance instance, long ttlMillis) {
    return registered(RegisterRequest.newBuilder().addInstances(instance).setTtlMillis(ttlMillis));
  }

  private long registered(RegisterRequest.Builder request) {
    return client.registration().register(request.build()).getLeaseId();
  }

  private static Endpoint.Builder first(Instance.Builder instance) {
    return instance.getEndpointsBuilder(0);
  }

  private static void endpoints(Instance.Builder instance, int count) {
    instance.clearEndpoints();
    numbers(count)
        .forEach(name ->
            instance.addEndpoints(Endpoint.newBuilder().setName(name).setHost("h").setPort(1)));
  }

  private static Locality zone(String zone) {
    return Locality.newBuilder().setZone(zone).build();
  }

  private static void pairs(Instance.Builder instance, int count) {
    numbers(count).forEach(key -> instance.putMetadata(key, ""));
  }

  private static void metadataBytes(Instance.Builder instance, int bytes) {
    instance.putMetadata("k", "x".repeat(bytes - 1));
  }

  /** What a later version of a client would say, which this one counts and does not keep. */
  private static void recordBytes(Instance.Builder instance, int bytes) {
    instance.setUnknownFields(Padding.of(bytes - instance.build().getSerializedSize()));
  }

  private static ResolveRequest padded(int bytes) {
    var request = ResolveRequest.newBuilder().setService("nobody");
    int empty = request.build().getSerializedSize();
    return request.setUnknownFields(Padding.of(bytes - empty)).build();
  }

  private static Stream<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(i -> "n" + i);
  }

  private static Arguments limit(
      String what, int largest, String reason, BiConsumer<Instance.Builder, Integer> make) {
    return Arguments.of(what, largest, reason, make);
  }
}
