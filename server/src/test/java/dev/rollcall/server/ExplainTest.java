package dev.rollcall.server;

import static dev.rollcall.server.TestClient.instance;
import static dev.rollcall.server.TestClient.key;
import static dev.rollcall.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.ExplainRequest;
import dev.rollcall.v1.ExplainResponse;
import dev.rollcall.v1.Finding;
import dev.rollcall.v1.FindingKind;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.Lifecycle;
import dev.rollcall.v1.Locality;
import dev.rollcall.v1.OperationsGrpc;
import dev.rollcall.v1.PutServiceSpecRequest;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.ServiceSpec;
import dev.rollcall.v1.SetLifecycleRequest;
import dev.rollcall.v1.SetOverrideRequest;
import dev.rollcall.v1.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** "Why is i-7 not in the pool", for every cause there is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplainTest {
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
  void nothingIsKnownOfWhatWasNeverRegistered() {
    var answer = explain("never", it -> it);

    assertThat(answer.getInPool()).isFalse();
    assertThat(answer.getVerdict())
        .isEqualTo(
            "default/pool/never is not in the pool: nothing is known of it: it was never"
                + " registered, or is long forgotten");
    assertThat(kinds(answer)).containsExactly(FindingKind.FINDING_KIND_UNKNOWN_INSTANCE);
    assertThat(answer.hasInstance()).isFalse();
  }

  @Test
  void whatIsWellIsInThePoolAndSaysWhatKeepsIt() {
    long lease = client.register("pool", "well", 60_000).getLeaseId();
    var answer = explain("well", it -> it);

    assertThat(answer.getInPool()).isTrue();
    assertThat(answer.getVerdict()).isEqualTo("default/pool/well is in the pool");
    assertThat(kinds(answer))
        .containsExactly(
            FindingKind.FINDING_KIND_REGISTERED,
            FindingKind.FINDING_KIND_LEASE,
            FindingKind.FINDING_KIND_REPORTED);
    assertThat(answer.getFindings(1).getSentence())
        .isEqualTo("lease %d keeps it: without a keepalive it lapses after 60000 ms", lease);
    assertThat(answer.getInstance().getInstanceId()).isEqualTo("well");
  }

  @Test
  void whatWasDeregisteredSaysWhenAndWhichLifeOfIt() {
    register("gone", it -> it.setIncarnation(7));
    long revision =
        client
            .registration()
            .deregister(DeregisterRequest.newBuilder().setKey(key("pool", "gone")).build())
            .getHeader()
            .getRevision();

    assertThat(against("gone", it -> it))
        .isEqualTo(
            "it was deregistered, or its lease revoked, at revision %d, in incarnation 7: only a"
                + " higher one can register again",
            revision);
  }

  @Test
  void whatExpiredSaysSo() {
    client.register("pool", "silent", 1_000);
    var watch = client.watch();
    watch.send(Watching.create(1, "pool"));
    while (true) {
      var message = watch.next();
      boolean isGone =
          message.getDeltas().getDeltasList().stream()
              .flatMap(delta -> delta.getRemovesList().stream())
              .anyMatch(removed -> removed.getInstanceId().equals("silent"));
      if (isGone) {
        break;
      }
    }

    assertThat(against("silent", it -> it)).startsWith("its lease expired at revision ");
  }

  @Test
  void whatItReportsExcludesUnlessAnOperatorSaysOtherwise() {
    register("down", it -> it.setStatus(Status.STATUS_DOWN));
    assertThat(against("down", it -> it)).isEqualTo("it reports DOWN");

    override("down", Status.STATUS_UP, "");
    var answer = explain("down", it -> it);
    assertThat(answer.getInPool()).isTrue();
    assertThat(sentences(answer))
        .contains("it reports DOWN", "it is taken for UP, by operator ann");
  }

  @Test
  void anOverrideSaysWhoWhyAndHowLongEvenBeforeTheInstanceIsThere() {
    override("held", Status.STATUS_OUT_OF_SERVICE, "bad disk");
    assertThat(sentences(explain("held", it -> it)))
        .last()
        .isEqualTo("once registered it will be OUT_OF_SERVICE, by operator ann (bad disk)");
    register("held", it -> it);

    assertThat(against("held", it -> it))
        .isEqualTo("it is taken for OUT_OF_SERVICE, by operator ann (bad disk)");
  }

  @Test
  void whatDrainsSaysUntilWhen() {
    register("tired", it -> it);
    lifecycle("tired", Lifecycle.LIFECYCLE_DRAINING);
    assertThat(against("tired", it -> it)).matches("it drains, until 20..-.*Z");

    lifecycle("tired", Lifecycle.LIFECYCLE_TERMINATING);
    assertThat(against("tired", it -> it)).isEqualTo("it terminates");
  }

  @Test
  void aWeightOfZeroIsNeverChosen() {
    register("light", it -> it.setWeight(0));

    assertThat(against("light", it -> it)).isEqualTo("its weight is 0: it is listed, never chosen");
  }

  @Test
  void theEndpointTheSubsetAndThePartOfTheFilterAreNamed() {
    register("plain", it -> it.setLocality(Locality.newBuilder().setRegion("eu").setZone("z2")));
    var spec =
        ServiceSpec.newBuilder()
            .setService("pool")
            .putSubsets("canary", "\"canary\" in tags")
            .putSubsets("all", "weight > 0");
    var unused =
        OperationsGrpc.newBlockingStub(client.channel())
            .withDeadlineAfter(60, TimeUnit.SECONDS)
            .putServiceSpec(PutServiceSpecRequest.newBuilder().setSpec(spec).build());

    assertThat(against("plain", it -> it.setEndpoint("admin")))
        .isEqualTo("it has no endpoint 'admin'");
    assertThat(against("plain", it -> it.setSubset("canary")))
        .isEqualTo("subset canary does not hold for it: not so is `\"canary\" in tags`");
    assertThat(
            against("plain", it -> it.setFilter("status == UP and (zone == z1 or weight > 900)")))
        .isEqualTo("the filter does not hold for it: not so is `zone == z1 or weight > 900`");
    var near = Locality.newBuilder().setRegion("eu").setZone("z1");
    var all =
        explain(
            "plain",
            it -> it.setEndpoint("default").setSubset("all").setFilter("zone == z2").setNear(near));
    assertThat(all.getInPool()).isTrue();
    assertThat(sentences(all))
        .endsWith(
            "it has an endpoint 'default'",
            "subset all holds for it",
            "the filter holds for it",
            "it is in the caller's region, not in its zone");
  }

  @Test
  void whatCannotBeAskedIsRefused() {
    register("asked", it -> it);

    assertThat(refusal(() -> explain("asked", it -> it.setFilter("zone ="))))
        .isEqualTo("INVALID_ARGUMENT INVALID_FILTER");
    assertThat(refusal(() -> explain("asked", it -> it.setSubset("none"))))
        .isEqualTo("NOT_FOUND SUBSET_NOT_FOUND");
    assertThat(refusal(() -> explain("", it -> it))).isEqualTo("INVALID_ARGUMENT INVALID_NAME");
  }

  /** The one finding that keeps it out. */
  private String against(String id, UnaryOperator<ExplainRequest.Builder> pool) {
    var answer = explain(id, pool);
    assertThat(answer.getInPool()).isFalse();
    List<String> against =
        answer.getFindingsList().stream()
            .filter(Finding::getExcludes)
            .map(Finding::getSentence)
            .toList();
    assertThat(against).hasSize(1);
    assertThat(answer.getVerdict())
        .isEqualTo("default/pool/%s is not in the pool: %s", id, against.getFirst());
    return against.getFirst();
  }

  private ExplainResponse explain(String id, UnaryOperator<ExplainRequest.Builder> pool) {
    return client
        .discovery()
        .explain(pool.apply(ExplainRequest.newBuilder().setKey(key("pool", id))).build());
  }

  private static List<FindingKind> kinds(ExplainResponse answer) {
    return answer.getFindingsList().stream().map(Finding::getKind).toList();
  }

  private static List<String> sentences(ExplainResponse answer) {
    return answer.getFindingsList().stream().map(Finding::getSentence).toList();
  }

  private void register(String id, UnaryOperator<Instance.Builder> how) {
    var unused =
        client
            .registration()
            .register(
                RegisterRequest.newBuilder()
                    .addInstances(how.apply(instance("pool", id).toBuilder()))
                    .setTtlMillis(3_600_000)
                    .build());
  }

  private void override(String id, Status status, String reason) {
    var unused =
        OperationsGrpc.newBlockingStub(client.channel())
            .withDeadlineAfter(60, TimeUnit.SECONDS)
            .setOverride(
                SetOverrideRequest.newBuilder()
                    .setKey(key("pool", id))
                    .setStatus(status)
                    .setActor("ann")
                    .setReason(reason)
                    .build());
  }

  private void lifecycle(String id, Lifecycle lifecycle) {
    var unused =
        client
            .registration()
            .setLifecycle(
                SetLifecycleRequest.newBuilder()
                    .setKey(key("pool", id))
                    .setLifecycle(lifecycle)
                    .setGraceMillis(lifecycle == Lifecycle.LIFECYCLE_DRAINING ? 60_000 : 0)
                    .build());
  }
}
