package dev.rollcall.server;

import static dev.rollcall.server.TestClient.key;
import static dev.rollcall.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.v1.ClearOverrideRequest;
import dev.rollcall.v1.DeleteServiceSpecRequest;
import dev.rollcall.v1.GetServiceSpecRequest;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.Lifecycle;
import dev.rollcall.v1.ListOverridesRequest;
import dev.rollcall.v1.OperationsGrpc;
import dev.rollcall.v1.PutServiceSpecRequest;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.ServiceSpec;
import dev.rollcall.v1.SetLifecycleRequest;
import dev.rollcall.v1.SetOverrideRequest;
import dev.rollcall.v1.Status;
import dev.rollcall.v1.StatusCause;
import dev.rollcall.v1.UpdateRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What operators do, over real gRPC. Each test has a service of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperationsTest {
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
  void anOverrideGoesBeforeWhatIsReportedAndOutlivesTheRegistration() {
    var set = operations().setOverride(override("boxes", "i-1", Status.STATUS_OUT_OF_SERVICE));
    assertThat(set.getOverride().getActor()).isEqualTo("ops");
    client.register("boxes", "i-1", 60_000);

    Instance found = client.resolve("boxes").getInstances(0);
    assertThat(found.getStatus()).isEqualTo(Status.STATUS_UP);
    assertThat(found.getEffectiveStatus()).isEqualTo(Status.STATUS_OUT_OF_SERVICE);
    assertThat(found.getStatusCause()).isEqualTo(StatusCause.STATUS_CAUSE_OVERRIDE);
    assertThat(found.getOverride().getReason()).isEqualTo("disk");
    assertThat(healthy("boxes")).isEmpty();

    var clear = ClearOverrideRequest.newBuilder().setKey(key("boxes", "i-1")).build();
    assertThat(operations().clearOverride(clear).getExisted()).isTrue();
    assertThat(operations().clearOverride(clear).getExisted()).isFalse();
    assertThat(healthy("boxes")).containsExactly("i-1");
  }

  @Test
  void overridesAreListedByPage() {
    for (int i = 1; i <= 5; i++) {
      var unused = operations().setOverride(inNamespace(i));
    }
    var request = ListOverridesRequest.newBuilder().setNamespace("listed").setPageSize(2);
    var ids = new ArrayList<String>();
    int pages = 0;
    do {
      var page = operations().listOverrides(request.build());
      page.getOverridesList().forEach(each -> ids.add(each.getKey().getInstanceId()));
      request.setPageToken(page.getNextPageToken());
      pages++;
    } while (!request.getPageToken().isEmpty());

    assertThat(ids).containsExactly("i-1", "i-2", "i-3", "i-4", "i-5");
    assertThat(pages).isEqualTo(3);
    assertThat(
            refusal(() ->
                operations()
                    .listOverrides(
                        ListOverridesRequest.newBuilder().setPageToken("no such").build())))
        .isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
  }

  @Test
  void aDrainingInstanceIsOutOfServiceAndCanComeBack() {
    client.register("pumps", "i-1", 60_000);
    var drain =
        SetLifecycleRequest.newBuilder()
            .setKey(key("pumps", "i-1"))
            .setLifecycle(Lifecycle.LIFECYCLE_DRAINING)
            .setGraceMillis(60_000);
    Instance draining = client.registration().setLifecycle(drain.build()).getInstance();
    assertThat(draining.getEffectiveStatus()).isEqualTo(Status.STATUS_OUT_OF_SERVICE);
    assertThat(draining.getStatusCause()).isEqualTo(StatusCause.STATUS_CAUSE_DRAINING);
    assertThat(draining.getDrainDeadlineMillis()).isPositive();
    assertThat(filtered("pumps", "lifecycle == DRAINING")).containsExactly("i-1");

    var back = drain.setLifecycle(Lifecycle.LIFECYCLE_ACTIVE).setGraceMillis(0).build();
    assertThat(client.registration().setLifecycle(back).getInstance().getLifecycle())
        .isEqualTo(Lifecycle.LIFECYCLE_ACTIVE);
    assertThat(healthy("pumps")).containsExactly("i-1");
    assertThat(
            refusal(() ->
                client.registration().setLifecycle(back.toBuilder().setIncarnation(9).build())))
        .isEqualTo("FAILED_PRECONDITION STALE_INCARNATION");
  }

  @Test
  void aSpecGivesRegistrationsTheirTtlAndLookupsTheirSubsets() {
    var spec =
        ServiceSpec.newBuilder()
            .setService("parts")
            .setDefaultTtlMillis(7_000)
            .putLabels("team", "shop")
            .putSubsets("heavy", "weight > 100");
    var put = operations().putServiceSpec(PutServiceSpecRequest.newBuilder().setSpec(spec).build());
    assertThat(names()).contains("parts");
    var registered =
        client
            .registration()
            .register(
                RegisterRequest.newBuilder()
                    .addInstances(TestClient.instance("parts", "i-1"))
                    .addInstances(TestClient.instance("parts", "i-2").toBuilder().setWeight(200))
                    .build());
    assertThat(registered.getTtlMillis()).isEqualTo(7_000);

    var lookup = ResolveRequest.newBuilder().setService("parts").setSubset("heavy");
    var heavy = client.discovery().resolve(lookup.build());
    assertThat(heavy.getInstancesList()).extracting(Instance::getInstanceId).containsExactly("i-2");
    assertThat(heavy.getSpec()).isEqualTo(put.getSpec());
    assertThat(refusal(() -> client.discovery().resolve(lookup.setSubset("light").build())))
        .isEqualTo("NOT_FOUND SUBSET_NOT_FOUND");

    assertThat(
            refusal(() ->
                operations()
                    .putServiceSpec(
                        PutServiceSpecRequest.newBuilder()
                            .setSpec(spec)
                            .setExpectedRevision(0)
                            .build())))
        .isEqualTo("FAILED_PRECONDITION REVISION_MISMATCH");
    var delete = DeleteServiceSpecRequest.newBuilder().setService("parts").build();
    var unused = operations().deleteServiceSpec(delete);
    assertThat(refusal(() -> operations().deleteServiceSpec(delete)))
        .isEqualTo("NOT_FOUND SPEC_NOT_FOUND");
    assertThat(
            refusal(() ->
                operations()
                    .getServiceSpec(
                        GetServiceSpecRequest.newBuilder().setService("parts").build())))
        .isEqualTo("NOT_FOUND SPEC_NOT_FOUND");
    assertThat(client.resolve("parts").hasSpec()).isFalse();
  }

  @Test
  void aSpecThatBreaksARuleIsRefused() {
    assertThat(refusedSpec(ServiceSpec.newBuilder().setDefaultTtlMillis(999)))
        .isEqualTo("INVALID_ARGUMENT TTL_OUT_OF_RANGE");
    assertThat(refusedSpec(ServiceSpec.newBuilder().putSubsets("a", "weight >")))
        .isEqualTo("INVALID_ARGUMENT INVALID_FILTER");
    assertThat(refusedSpec(ServiceSpec.newBuilder().putSubsets("a b", "weight > 1")))
        .isEqualTo("INVALID_ARGUMENT INVALID_NAME");
    assertThat(refusedSpec(ServiceSpec.newBuilder().setFloor(100_001)))
        .isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
    assertThat(refusedSpec(ServiceSpec.newBuilder().putLabels("k", "v".repeat(16 << 10))))
        .isEqualTo("INVALID_ARGUMENT METADATA_TOO_LARGE");
  }

  @Test
  void anUpdateThatExpectsAnotherRevisionChangesNothing() {
    client.register("vats", "i-1", 60_000);
    long revision = client.resolve("vats").getInstances(0).getModRevision();
    var update =
        UpdateRequest.newBuilder()
            .setKey(key("vats", "i-1"))
            .setWeight(5)
            .setExpectedRevision(revision);
    var changed = client.registration().update(update.build()).getInstance();

    assertThat(refusal(() -> client.registration().update(update.setWeight(6).build())))
        .isEqualTo("FAILED_PRECONDITION REVISION_MISMATCH");
    assertThat(client.resolve("vats").getInstances(0)).isEqualTo(changed);
  }

  private String refusedSpec(ServiceSpec.Builder spec) {
    var request = PutServiceSpecRequest.newBuilder().setSpec(spec.setService("refused")).build();
    return refusal(() -> operations().putServiceSpec(request));
  }

  private OperationsGrpc.OperationsBlockingStub operations() {
    return OperationsGrpc.newBlockingStub(client.channel()).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private static SetOverrideRequest override(String service, String id, Status status) {
    return SetOverrideRequest.newBuilder()
        .setKey(key(service, id))
        .setStatus(status)
        .setActor("ops")
        .setReason("disk")
        .build();
  }

  private static SetOverrideRequest inNamespace(int number) {
    var request = override("listed", "i-" + number, Status.STATUS_DOWN).toBuilder();
    request.getKeyBuilder().setNamespace("listed");
    return request.build();
  }

  private List<String> healthy(String service) {
    return ids(ResolveRequest.newBuilder().setService(service).setHealthyOnly(true));
  }

  private List<String> filtered(String service, String filter) {
    return ids(ResolveRequest.newBuilder().setService(service).setFilter(filter));
  }

  private List<String> ids(ResolveRequest.Builder request) {
    return client.discovery().resolve(request.build()).getInstancesList().stream()
        .map(Instance::getInstanceId)
        .toList();
  }

  private List<String> names() {
    var request = dev.rollcall.v1.ListServicesRequest.getDefaultInstance();
    return client.discovery().listServices(request).getServicesList().stream()
        .map(dev.rollcall.v1.ServiceSummary::getService)
        .toList();
  }
}
