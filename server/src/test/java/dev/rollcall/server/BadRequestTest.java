package dev.rollcall.server;

import static dev.rollcall.server.TestClient.instance;
import static dev.rollcall.server.TestClient.key;
import static dev.rollcall.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.v1.Consistency;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.InstanceKey;
import dev.rollcall.v1.ListServicesRequest;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.Status;
import dev.rollcall.v1.UpdateRequest;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each bad request gets its documented status and reason, and changes nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadRequestTest {
  private RegistryServer server;
  private TestClient client;

  @BeforeAll
  void start(@TempDir Path directory) {
    server = TestNode.single(directory);
    client = new TestClient(server.clientAddress());
    client.register("live", "i-1", 3_600_000);
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  static Stream<Arguments> badInstances() {
    return Stream.of(
        bad("ENDPOINT_REQUIRED", Instance.Builder::clearEndpoints),
        bad("TOO_MANY_ENDPOINTS", b -> endpoints(b, 17)),
        bad("INVALID_ENDPOINT", b -> b.getEndpointsBuilder(0).setPort(0)),
        bad("INVALID_ENDPOINT", b -> b.getEndpointsBuilder(0).setPort(65_536)),
        bad("INVALID_ENDPOINT", b -> b.getEndpointsBuilder(0).setHost("")),
        bad("INVALID_ENDPOINT", b -> b.getEndpointsBuilder(0).setHost("a b")),
        bad("INVALID_ENDPOINT", b -> b.addEndpoints(b.getEndpoints(0))),
        bad("INVALID_NAME", b -> b.setService("")),
        bad("INVALID_NAME", b -> b.setService("a/b")),
        bad("INVALID_NAME", b -> b.setService("x".repeat(129))),
        bad("INVALID_NAME", b -> b.setNamespace("a b")),
        bad("INVALID_NAME", b -> b.setInstanceId("")),
        bad("INVALID_NAME", b -> b.setInstanceId("é")),
        bad("INVALID_NAME", b -> b.setInstanceId("x".repeat(257))),
        bad("INVALID_REQUEST", b -> b.setIncarnation(0)),
        bad("INVALID_WEIGHT", b -> b.setWeight(65_536)),
        bad("INVALID_WEIGHT", b -> b.setWeight(-1)),
        bad("INVALID_REQUEST", b -> b.setVersion("x".repeat(129))),
        bad("INVALID_TAGS", b -> b.addTags("")),
        bad("INVALID_TAGS", b -> b.addTags("x".repeat(129))),
        bad("INVALID_TAGS", b -> IntStream.range(0, 65).forEach(i -> b.addTags("t" + i))),
        bad("METADATA_TOO_LARGE", b -> IntStream.range(0, 65).forEach(i -> meta(b, i, 1))),
        bad("METADATA_TOO_LARGE", b -> meta(b, 0, 16_384)),
        bad("METADATA_TOO_LARGE", b -> b.putMetadata("", "x")),
        bad("RECORD_TOO_LARGE", b -> meta(b, 0, 65_536)));
  }

  @ParameterizedTest(name = "{0} #{index}")
  @MethodSource("badInstances")
  void aBadInstanceIsRefused(String reason, Consumer<Instance.Builder> spoil) {
    var spoiled = instance("refused", "i-1").toBuilder();
    spoil.accept(spoiled);
    var request = RegisterRequest.newBuilder().addInstances(spoiled).setTtlMillis(60_000).build();
    long before = server.storeStatus().revision();

    assertThat(refusal(() -> client.registration().register(request)))
        .isEqualTo("INVALID_ARGUMENT " + reason);
    assertThat(server.storeStatus().revision()).isEqualTo(before);
  }

  @Test
  void theTimeToLiveHasBounds() {
    assertThat(refusal(() -> client.register("refused", "i-1", 999)))
        .isEqualTo("INVALID_ARGUMENT TTL_OUT_OF_RANGE");
    assertThat(refusal(() -> client.register("refused", "i-1", 86_400_001)))
        .isEqualTo("INVALID_ARGUMENT TTL_OUT_OF_RANGE");
    assertThat(client.register("bounds", "i-1", 86_400_000).getTtlMillis()).isEqualTo(86_400_000);
  }

  @Test
  void aRegistrationNeedsOneToAThousandDistinctInstances() {
    var good = instance("refused", "i-1");
    var none = RegisterRequest.newBuilder().setTtlMillis(60_000);
    var twice = RegisterRequest.newBuilder().setTtlMillis(60_000).addInstances(good);
    var many = RegisterRequest.newBuilder().setTtlMillis(60_000);
    IntStream.rangeClosed(0, 1_000).forEach(i -> many.addInstances(instance("refused", "i-" + i)));

    for (var request : new RegisterRequest.Builder[] {none, twice.addInstances(good), many}) {
      assertThat(refusal(() -> client.registration().register(request.build())))
          .isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
    }
  }

  @Test
  void aLeaseThatDoesNotExistIsNotFound() {
    var request =
        RegisterRequest.newBuilder()
            .addInstances(instance("refused", "i-1"))
            .setLeaseId(1L << 50)
            .build();

    assertThat(refusal(() -> client.registration().register(request)))
        .isEqualTo("NOT_FOUND LEASE_NOT_FOUND");
  }

  @Test
  void aStaleIncarnationIsRefusedAndAnEqualOneWithOtherContentToo() {
    var newer = instance("live", "i-9").toBuilder().setIncarnation(9);
    client.registration().register(request(newer));

    assertThat(refusal(() -> client.registration().register(request(newer.setIncarnation(8)))))
        .isEqualTo("FAILED_PRECONDITION STALE_INCARNATION");
    assertThat(
            refusal(() ->
                client
                    .registration()
                    .register(request(newer.setIncarnation(9).setVersion("other")))))
        .isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
    assertThat(
            refusal(() ->
                client
                    .registration()
                    .deregister(
                        DeregisterRequest.newBuilder()
                            .setKey(key("live", "i-9"))
                            .setIncarnation(8)
                            .build())))
        .isEqualTo("FAILED_PRECONDITION STALE_INCARNATION");
    assertThat(client.ids("live")).contains("i-9");
  }

  Stream<Arguments> badCalls() {
    var update = UpdateRequest.newBuilder().setKey(key("live", "i-1"));
    return Stream.of(
        call(
            "NOT_FOUND INSTANCE_NOT_FOUND",
            () -> client.registration().update(update(update, b -> b.setKey(key("live", "x"))))),
        call(
            "FAILED_PRECONDITION STALE_INCARNATION",
            () -> client.registration().update(update(update, b -> b.setIncarnation(5)))),
        call(
            "FAILED_PRECONDITION SESSION_EXPIRED",
            () ->
                client
                    .registration()
                    .update(update(update, b -> b.setSessionId(77).setSequence(1)))),
        call(
            "INVALID_ARGUMENT INVALID_REQUEST",
            () -> client.registration().update(update(update, b -> b.setSequence(1)))),
        call(
            "INVALID_ARGUMENT INVALID_REQUEST",
            () ->
                client
                    .registration()
                    .update(update(update, b -> b.setStatus(Status.STATUS_UNSPECIFIED)))),
        call(
            "INVALID_ARGUMENT INVALID_NAME",
            () ->
                client
                    .registration()
                    .update(update(update, b -> b.setKey(InstanceKey.getDefaultInstance())))),
        call(
            "NOT_FOUND INSTANCE_NOT_FOUND",
            () ->
                client
                    .registration()
                    .deregister(DeregisterRequest.newBuilder().setKey(key("live", "x")).build())),
        call("INVALID_ARGUMENT INVALID_NAME", () -> client.resolve("a b")),
        call(
            "INVALID_ARGUMENT INVALID_REQUEST",
            () -> resolve(Consistency.newBuilder().setMinRevision(-1))),
        call(
            "INVALID_ARGUMENT INVALID_REQUEST",
            () -> resolve(Consistency.newBuilder().setMaxLagMillis(-1))),
        call(
            "INVALID_ARGUMENT INVALID_REQUEST",
            () -> list(ListServicesRequest.newBuilder().setPageSize(10_001))),
        call(
            "INVALID_ARGUMENT INVALID_REQUEST",
            () -> list(ListServicesRequest.newBuilder().setPageToken("no token"))),
        call(
            "INVALID_ARGUMENT INVALID_NAME",
            () -> list(ListServicesRequest.newBuilder().setPrefix("a b"))));
  }

  @ParameterizedTest(name = "{0} #{index}")
  @MethodSource("badCalls")
  void aBadCallIsRefused(String refusal, ThrowingCallable call) {
    assertThat(refusal(call)).isEqualTo(refusal);
  }

  @Test
  void aRevisionThatIsNotReachedInTimeIsTooFarBehind() {
    var request =
        ResolveRequest.newBuilder()
            .setService("live")
            .setConsistency(Consistency.newBuilder().setMinRevision(1L << 40))
            .build();
    var stub = client.discovery().withDeadlineAfter(2, TimeUnit.SECONDS);

    assertThat(refusal(() -> stub.resolve(request))).isEqualTo("DEADLINE_EXCEEDED TOO_FAR_BEHIND");
  }

  private void resolve(Consistency.Builder consistency) {
    var unused =
        client
            .discovery()
            .resolve(
                ResolveRequest.newBuilder().setService("live").setConsistency(consistency).build());
  }

  private void list(ListServicesRequest.Builder request) {
    var unused = client.discovery().listServices(request.build());
  }

  private static RegisterRequest request(Instance.Builder instance) {
    return RegisterRequest.newBuilder().addInstances(instance).setTtlMillis(60_000).build();
  }

  private static UpdateRequest update(
      UpdateRequest.Builder update, Consumer<UpdateRequest.Builder> change) {
    var changed = update.clone();
    change.accept(changed);
    return changed.build();
  }

  private static void endpoints(Instance.Builder instance, int count) {
    instance.clearEndpoints();
    for (int i = 0; i < count; i++) {
      instance.addEndpoints(Endpoint.newBuilder().setName("e" + i).setHost("localhost").setPort(1));
    }
  }

  private static void meta(Instance.Builder instance, int number, int length) {
    instance.putMetadata("k" + number, "x".repeat(length));
  }

  private static Arguments bad(String reason, Consumer<Instance.Builder> spoil) {
    return Arguments.of(reason, spoil);
  }

  private static Arguments call(String refusal, ThrowingCallable call) {
    return Arguments.of(refusal, call);
  }
}
