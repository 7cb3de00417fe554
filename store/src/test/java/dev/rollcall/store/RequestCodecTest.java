package dev.rollcall.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.Status;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.GrantLeaseRequest;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.InstanceKey;
import dev.rollcall.v1.Locality;
import dev.rollcall.v1.MetadataPatch;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RevokeLeaseRequest;
import dev.rollcall.v1.TagsPatch;
import dev.rollcall.v1.UpdateRequest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every limit, at the limit and one beyond it. */
class RequestCodecTest {
  @Test
  void fillsInWhatARegistrationLeavesOut() {
    var request = RequestCodec.fromMessage(register(plain()).build());

    assertThat(request)
        .isEqualTo(
            Request.of(
                new Command.Register(
                    List.of(Instances.instance("payments/i-1", 7)), new Keeper.NewLease(5_000))));
  }

  @Test
  void ignoresWhatOnlyTheServerSets() {
    var request =
        RequestCodec.fromMessage(
            register(plain().setLeaseId(9).setCreateRevision(9).setModRevision(9)).build());

    assertThat(request).isEqualTo(RequestCodec.fromMessage(register(plain()).build()));
  }

  @Test
  void takesTheDefaultNamespaceForALease() {
    for (String namespace : List.of("", "Default")) {
      var message = GrantLeaseRequest.newBuilder().setNamespace(namespace).setTtlMillis(5_000);

      assertThat(RequestCodec.fromMessage(message.build()))
          .isEqualTo(Request.of(new Command.GrantLease("default", 5_000)));
    }
  }

  @Test
  void refusesALeaseOfNoNamespaceOrTtl() {
    var good = GrantLeaseRequest.newBuilder().setNamespace("shop").setTtlMillis(1_000).build();

    refusedGrant(Rule.INVALID_NAME, good.toBuilder().setNamespace("a b"));
    refusedGrant(Rule.TTL_OUT_OF_RANGE, good.toBuilder().setTtlMillis(999));
    refusedGrant(Rule.TTL_OUT_OF_RANGE, good.toBuilder().setTtlMillis(86_400_001));
    refusedGrant(Rule.OTHER, good.toBuilder().setSequence(1));
    assertThat(
            RequestCodec.fromMessage(
                    good.toBuilder()
                        .setSessionId(3)
                        .setSequence(2)
                        .setLowestUnacknowledged(1)
                        .build())
                .repeat())
        .contains(new Request.Repeat(3, 2, 1));
  }

  private static void refusedGrant(Rule rule, GrantLeaseRequest.Builder message) {
    assertThatThrownBy(() -> RequestCodec.fromMessage(message.build()))
        .isInstanceOfSatisfying(
            InvalidRequest.class, refused -> assertThat(refused.rule()).isEqualTo(rule));
  }

  @Test
  void refusesToRevokeWhatIsNoLease() {
    for (long leaseId : new long[] {0, -1}) {
      var message = RevokeLeaseRequest.newBuilder().setLeaseId(leaseId).build();

      assertThatThrownBy(() -> RequestCodec.fromMessage(message))
          .isInstanceOf(InvalidRequest.class);
    }
  }

  @Test
  void holdsTtlsToTheirRange() {
    for (long ttlMillis : new long[] {1_000, 86_400_000}) {
      accepted(register(plain()).setTtlMillis(ttlMillis));
    }
    for (long ttlMillis : new long[] {0, -1, 999, 86_400_001, Long.MAX_VALUE}) {
      refused(Rule.TTL_OUT_OF_RANGE, register(plain()).setTtlMillis(ttlMillis));
    }
  }

  @Test
  void takesTheDefaultLeaseWhenNoKeeperIsNamed() {
    var request = RequestCodec.fromMessage(register(plain()).clearKeeper().build());

    assertThat(((Command.Register) request.command()).keeper())
        .isEqualTo(new Command.Keeper.DefaultLease());
  }

  @Test
  void wantsAnExistingLeaseToBeNamedByItsNumber() {
    refused(Rule.OTHER, register(plain()).setLeaseId(0));
    refused(Rule.OTHER, register(plain()).setLeaseId(-1));
    accepted(register(plain()).setLeaseId(1));
  }

  @Test
  void takesOneToAThousandInstances() {
    var request = RegisterRequest.newBuilder().setTtlMillis(5_000);
    refused(Rule.OTHER, request);
    IntStream.range(0, 1_000).forEach(i -> request.addInstances(plain().setInstanceId("i-" + i)));
    accepted(request);
    refused(Rule.OTHER, request.addInstances(plain().setInstanceId("one-more")));
  }

  @Test
  void wantsDistinctKeysOfOneNamespace() {
    refused(Rule.OTHER, register(plain(), plain().setService("Payments").setIncarnation(8)));
    refused(Rule.OTHER, register(plain(), plain().setNamespace("shop")));
    accepted(register(plain(), plain().setNamespace("DEFAULT").setInstanceId("i-2")));
  }

  @Test
  void holdsNamesToTheirRule() {
    for (String good : List.of("a", "A-1._", "x".repeat(128))) {
      accepted(register(plain().setNamespace(good).setService(good)));
    }
    for (String bad : List.of("a b", "é", "a/b", "x".repeat(129), "a\0")) {
      refused(Rule.INVALID_NAME, register(plain().setNamespace(bad)));
      refused(Rule.INVALID_NAME, register(plain().setService(bad)));
    }
    refused(Rule.INVALID_NAME, register(plain().setService("")));
  }

  @Test
  void holdsInstanceIdsToTheirRule() {
    for (String good : List.of("a", " ~/!", "x".repeat(256))) {
      accepted(register(plain().setInstanceId(good)));
    }
    for (String bad : List.of("", "é", "a\tb", "\u007f", "x".repeat(257))) {
      refused(Rule.INVALID_NAME, register(plain().setInstanceId(bad)));
    }
  }

  @Test
  void wantsAPositiveIncarnation() {
    accepted(register(plain().setIncarnation(Long.MAX_VALUE)));
    refused(Rule.OTHER, register(plain().setIncarnation(0)));
    refused(Rule.OTHER, register(plain().setIncarnation(-1)));
  }

  @Test
  void takesOneToSixteenEndpoints() {
    refused(Rule.ENDPOINT_REQUIRED, register(plain().clearEndpoints()));
    var instance = plain().clearEndpoints();
    for (int i = 0; i < 16; i++) {
      instance.addEndpoints(endpoint().setName("e" + i));
    }
    accepted(register(instance));
    refused(Rule.TOO_MANY_ENDPOINTS, register(instance.addEndpoints(endpoint().setName("e16"))));
  }

  @Test
  void holdsEndpointsToTheirRules() {
    acceptedEndpoint(e -> e.setName("").setProtocol("").setHost("::1").setPort(1));
    acceptedEndpoint(e -> e.setName("x".repeat(64)).setPort(65_535));
    acceptedEndpoint(e -> e.setProtocol("x+".repeat(16)).setHost("h".repeat(253)));
    refusedEndpoint(e -> e.setName("a b"));
    refusedEndpoint(e -> e.setName("x".repeat(65)));
    refusedEndpoint(e -> e.setProtocol("a/b"));
    refusedEndpoint(e -> e.setProtocol("x".repeat(33)));
    refusedEndpoint(e -> e.setHost(""));
    refusedEndpoint(e -> e.setHost("a b"));
    refusedEndpoint(e -> e.setHost("h".repeat(254)));
    refusedEndpoint(e -> e.setPort(0));
    refusedEndpoint(e -> e.setPort(65_536));
    refusedEndpoint(e -> e.setPort(-1));
    refused(Rule.INVALID_ENDPOINT, register(plain().addEndpoints(endpoint().setName("http"))));
  }

  @Test
  void holdsWeightsToTheirRange() {
    accepted(register(plain().setWeight(0)));
    accepted(register(plain().setWeight(65_535)));
    refused(Rule.INVALID_WEIGHT, register(plain().setWeight(65_536)));
    refused(Rule.INVALID_WEIGHT, register(plain().setWeight(-1)));
    refused(Rule.INVALID_WEIGHT, update().setWeight(65_536));
    refused(Rule.INVALID_WEIGHT, update().setWeight(-1));
  }

  @Test
  void holdsVersionAndLocalityToTheirLength() {
    accepted(register(plain().setVersion("é".repeat(64))));
    refused(Rule.OTHER, register(plain().setVersion("é".repeat(64) + "x")));
    accepted(register(plain().setLocality(Locality.newBuilder().setZone("𝄞".repeat(32)))));
    for (Consumer<Locality.Builder> part :
        List.<Consumer<Locality.Builder>>of(
            l -> l.setRegion("x".repeat(129)),
            l -> l.setZone("✓".repeat(43)),
            l -> l.setSubZone("𝄞".repeat(33)))) {
      var locality = Locality.newBuilder();
      part.accept(locality);
      refused(Rule.OTHER, register(plain().setLocality(locality)));
    }
  }

  @Test
  void holdsTagsToTheirRules() {
    var most = IntStream.range(0, 64).mapToObj(i -> i + "x".repeat(126)).toList();
    accepted(register(plain().addAllTags(most)));
    accepted(register(plain().addAllTags(most).addTags(most.getFirst())));
    refused(Rule.INVALID_TAGS, register(plain().addAllTags(most).addTags("one-more")));
    refused(Rule.INVALID_TAGS, register(plain().addTags("")));
    refused(Rule.INVALID_TAGS, register(plain().addTags("x".repeat(129))));
    refused(Rule.INVALID_TAGS, update().setTags(TagsPatch.newBuilder().addValues("")));
    accepted(update().setTags(TagsPatch.newBuilder().addAllValues(most)));
  }

  @Test
  void holdsMetadataToItsRules() {
    var pairs = new TreeMap<String, String>();
    IntStream.range(0, 64).forEach(i -> pairs.put("k" + i, "v"));
    accepted(register(plain().putAllMetadata(pairs)));
    refused(
        Rule.METADATA_TOO_LARGE, register(plain().putAllMetadata(pairs).putMetadata("more", "")));
    refused(Rule.METADATA_TOO_LARGE, register(plain().putMetadata("", "v")));
    accepted(register(plain().putMetadata("k".repeat(128), "")));
    refused(Rule.METADATA_TOO_LARGE, register(plain().putMetadata("k".repeat(129), "")));
    accepted(register(plain().putMetadata("k", "v".repeat(16_383))));
    refused(Rule.METADATA_TOO_LARGE, register(plain().putMetadata("k", "v".repeat(16_384))));
    refused(
        Rule.METADATA_TOO_LARGE,
        update().setMetadata(MetadataPatch.newBuilder().putEntries("k", "v".repeat(16_384))));
  }

  @Test
  void refusesARecordOverItsSizeWhateverItIsThatMakesItLarge() {
    int spare = InstanceCodec.RECORD_BYTES_MAX - plain().build().getSerializedSize();
    // Three bytes of length and one of tag per text of this size.
    refused(Rule.OTHER, register(plain().setVersion("x".repeat(spare - 4))));
    refused(Rule.RECORD_TOO_LARGE, register(plain().setVersion("x".repeat(spare - 3))));
    refused(
        Rule.RECORD_TOO_LARGE,
        register(plain().addAllTags(Collections.nCopies(700, "x".repeat(128)))));
  }

  @Test
  void takesNoStatusItDoesNotKnow() {
    assertThat(
            ((Command.Register) RequestCodec.fromMessage(register(plain()).build()).command())
                .instances()
                .getFirst()
                .status())
        .isEqualTo(Status.UP);
    refused(Rule.OTHER, register(plain().setStatusValue(99)));
    refused(Rule.OTHER, update().setStatusValue(99));
    refused(Rule.OTHER, update().setStatus(dev.rollcall.v1.Status.STATUS_UNSPECIFIED));
  }

  @Test
  void parsesAnUpdate() {
    var message =
        update()
            .setIncarnation(7)
            .setStatus(dev.rollcall.v1.Status.STATUS_DOWN)
            .setWeight(0)
            .setMetadata(MetadataPatch.newBuilder().putEntries("k", "v"))
            .setTags(TagsPatch.newBuilder().addValues("t").addValues("t"))
            .setSessionId(3)
            .setSequence(5)
            .setLowestUnacknowledged(4)
            .setExpectedRevision(9);

    assertThat(RequestCodec.fromMessage(message.build()))
        .isEqualTo(
            new Request(
                new Command.Update(
                    Instances.key("payments/i-1"),
                    7,
                    9,
                    Optional.of(Status.DOWN),
                    OptionalInt.of(0),
                    Optional.of(new TreeMap<>(Map.of("k", "v"))),
                    Optional.of(List.of("t"))),
                Optional.of(new Request.Repeat(3, 5, 4))));
  }

  @Test
  void tellsAnEmptyPatchFromNone() {
    var command =
        (Command.Update)
            RequestCodec.fromMessage(
                    update()
                        .setMetadata(MetadataPatch.getDefaultInstance())
                        .setTags(TagsPatch.getDefaultInstance())
                        .build())
                .command();

    assertThat(command.metadata()).contains(new TreeMap<>());
    assertThat(command.tags()).contains(List.of());
    assertThat(command.weight()).isEmpty();
    assertThat(command.status()).isEmpty();
  }

  @Test
  void wantsASequenceWithASession() {
    accepted(update().setSessionId(1).setSequence(1));
    accepted(update().setSessionId(1).setSequence(1).setLowestUnacknowledged(1));
    refused(Rule.OTHER, update().setSessionId(1));
    refused(Rule.OTHER, update().setSessionId(1).setSequence(-1));
    refused(Rule.OTHER, update().setSessionId(-1).setSequence(1));
    refused(Rule.OTHER, update().setSequence(1));
    refused(Rule.OTHER, update().setSessionId(1).setSequence(1).setLowestUnacknowledged(2));
    refused(Rule.OTHER, update().setSessionId(1).setSequence(1).setLowestUnacknowledged(-1));
  }

  @Test
  void parsesADeregistration() {
    assertThat(
            RequestCodec.fromMessage(
                DeregisterRequest.newBuilder().setKey(key()).setIncarnation(7).build()))
        .isEqualTo(Request.of(new Command.Deregister(Instances.key("payments/i-1"), 7)));
    assertThatThrownBy(() -> RequestCodec.fromMessage(DeregisterRequest.getDefaultInstance()))
        .isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() ->
            RequestCodec.fromMessage(
                DeregisterRequest.newBuilder().setKey(key()).setIncarnation(-1).build()))
        .isInstanceOf(InvalidRequest.class);
  }

  private static Instance.Builder plain() {
    return Instance.newBuilder()
        .setService("payments")
        .setInstanceId("i-1")
        .setIncarnation(7)
        .addEndpoints(endpoint());
  }

  private static Endpoint.Builder endpoint() {
    return Endpoint.newBuilder()
        .setName("http")
        .setProtocol("http")
        .setHost("10.0.0.1")
        .setPort(8080);
  }

  private static InstanceKey key() {
    return InstanceKey.newBuilder().setService("payments").setInstanceId("i-1").build();
  }

  private static RegisterRequest.Builder register(Instance.Builder... instances) {
    var request = RegisterRequest.newBuilder().setTtlMillis(5_000);
    for (var instance : instances) {
      request.addInstances(instance);
    }
    return request;
  }

  private static UpdateRequest.Builder update() {
    return UpdateRequest.newBuilder().setKey(key());
  }

  private static void accepted(RegisterRequest.Builder request) {
    assertThat(RequestCodec.fromMessage(request.build())).isNotNull();
  }

  private static void accepted(UpdateRequest.Builder request) {
    assertThat(RequestCodec.fromMessage(request.build())).isNotNull();
  }

  private static void refused(Rule rule, RegisterRequest.Builder request) {
    assertThatThrownBy(() -> RequestCodec.fromMessage(request.build()))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.rule()).as(e.getMessage()).isEqualTo(rule));
  }

  private static void refused(Rule rule, UpdateRequest.Builder request) {
    assertThatThrownBy(() -> RequestCodec.fromMessage(request.build()))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.rule()).as(e.getMessage()).isEqualTo(rule));
  }

  private static void acceptedEndpoint(Consumer<Endpoint.Builder> change) {
    var endpoint = endpoint();
    change.accept(endpoint);
    accepted(register(plain().clearEndpoints().addEndpoints(endpoint)));
  }

  private static void refusedEndpoint(Consumer<Endpoint.Builder> change) {
    var endpoint = endpoint();
    change.accept(endpoint);
    refused(Rule.INVALID_ENDPOINT, register(plain().clearEndpoints().addEndpoints(endpoint)));
  }
}
