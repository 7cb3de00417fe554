package dev.rollcall.server;

import static dev.rollcall.server.TestClient.instance;
import static dev.rollcall.server.TestClient.key;
import static dev.rollcall.server.TestClient.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.v1.ExplainRequest;
import dev.rollcall.v1.Finding;
import dev.rollcall.v1.FindingKind;
import dev.rollcall.v1.GuardStatusRequest;
import dev.rollcall.v1.GuardStatusResponse;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.KeepAliveResponse;
import dev.rollcall.v1.LeaseRenewal;
import dev.rollcall.v1.OperationsGrpc;
import dev.rollcall.v1.OperationsGrpc.OperationsBlockingStub;
import dev.rollcall.v1.PutServiceSpecRequest;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.ReleaseGuardRequest;
import dev.rollcall.v1.ServiceSpec;
import dev.rollcall.v1.Status;
import dev.rollcall.v1.StatusCause;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The guard against mass expiry as a client and an operator see it, on a node as it is shipped:
 * more than twenty of a namespace fall silent at the same moment.
 */
class GuardTest {
  /** Twice as many as may lapse at a time. */
  private static final int MANY = 40;

  /** Long enough that none lapses before all of them are renewed together. */
  private static final long TTL_MILLIS = 4_000;

  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private RegistryServer server;
  private TestClient client;
  private TestClient.Stream<KeepAliveRequest, KeepAliveResponse> keepAlive;

  @BeforeEach
  void start(@TempDir Path directory) {
    server = TestNode.single(directory);
    client = new TestClient(server.clientAddress());
    keepAlive = client.keepAlive();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void manyThatFallSilentTogetherAreKeptAsSuspectsUntilSomebodyReleasesThem() {
    assertThat(guard())
        .returns(false, GuardStatusResponse::getEngaged)
        .returns(0L, GuardStatusResponse::getSinceMillis);
    assertThat(client.resolve("crowd").getGuarded()).isFalse();
    List<Long> leases = registerMany();
    var other = client.register("bystander", "i-1", 3_600_000);

    awaitSuspects(MANY);

    var guarded = client.resolve("crowd");
    assertThat(guarded.getGuarded()).isTrue();
    assertThat(guarded.getInstancesList())
        .hasSize(MANY)
        .allSatisfy(it -> {
          assertThat(it.getSuspect()).isTrue();
          assertThat(it.getStatusCause()).isEqualTo(StatusCause.STATUS_CAUSE_SUSPECT);
          // What callers go by stays: the network may be at fault, and they may be well.
          assertThat(it.getEffectiveStatus()).isEqualTo(Status.STATUS_UP);
        });
    var bystander = client.resolve("bystander");
    assertThat(bystander.getGuarded()).isTrue();
    assertThat(bystander.getInstances(0).getSuspect()).isFalse();
    assertThat(guard())
        .returns(true, GuardStatusResponse::getEngaged)
        .returns(MANY + 1, GuardStatusResponse::getLeases)
        .returns(MANY + 1, GuardStatusResponse::getLeasesThen)
        .returns("", GuardStatusResponse::getReleasedBy);
    Scrape.await(server, "rollcall_guards_engaged", 1);
    Scrape.await(server, "rollcall_leases_suspect", MANY);
    assertThat(suspicion("crowd", "i-0"))
        .isEqualTo(
            "its lease lapsed, and only the guard against mass expiry keeps it: prefer others");

    renew(List.of(leases.getFirst()));
    awaitSuspects(MANY - 1);
    assertThat(suspects("crowd")).hasSize(MANY - 1).doesNotContain("i-0");

    var released =
        operations().releaseGuard(ReleaseGuardRequest.newBuilder().setActor("ann").build());
    assertThat(released.getWasEngaged()).isTrue();
    assertThat(released.getSuspects()).isBetween(MANY - 1, MANY);
    awaitSuspects(0);
    assertThat(client.ids("crowd")).isSubsetOf("i-0");
    assertThat(client.ids("bystander")).containsExactly("i-1");
    assertThat(client.resolve("bystander").getGuarded()).isFalse();
    assertThat(guard())
        .returns(false, GuardStatusResponse::getEngaged)
        .returns("ann", GuardStatusResponse::getReleasedBy);
    Scrape.await(server, "rollcall_guards_engaged", 0);
    assertThat(other.getLeaseId()).isPositive();
  }

  @Test
  void thereIsNothingToReleaseWhereNothingIsGuarded() {
    var request = ReleaseGuardRequest.newBuilder().setActor("ann");

    assertThat(operations().releaseGuard(request.build()).getWasEngaged()).isFalse();
    assertThat(
            refusal(() -> {
              var unused = operations().releaseGuard(ReleaseGuardRequest.getDefaultInstance());
            }))
        .isEqualTo("INVALID_ARGUMENT INVALID_REQUEST");
    assertThat(
            refusal(() -> {
              var unused = operations().releaseGuard(request.setNamespace("a b").build());
            }))
        .isEqualTo("INVALID_ARGUMENT INVALID_NAME");
    assertThat(
            refusal(() -> {
              var unused =
                  operations()
                      .guardStatus(GuardStatusRequest.newBuilder().setNamespace("a b").build());
            }))
        .isEqualTo("INVALID_ARGUMENT INVALID_NAME");
  }

  @Test
  void theLastOfAServiceThatHasAFloorIsKeptAsASuspect() {
    var spec = ServiceSpec.newBuilder().setService("last").setFloor(1);
    var unused =
        operations().putServiceSpec(PutServiceSpecRequest.newBuilder().setSpec(spec).build());
    long lease = client.register("last", "i-1", 1_000).getLeaseId();

    awaitSuspect("last", true);
    assertThat(client.resolve("last").getGuarded()).isFalse();
    assertThat(suspicion("last", "i-1"))
        .isEqualTo("its lease lapsed, and only the floor of the service keeps it: prefer others");

    renew(List.of(lease));
    awaitSuspect("last", false);
  }

  /** Their leases in order, all of them renewed at one moment. */
  private List<Long> registerMany() {
    List<Long> leases =
        IntStream.range(0, MANY)
            .mapToObj(i -> instance("crowd", "i-" + i))
            .map(it -> RegisterRequest.newBuilder().addInstances(it).setTtlMillis(TTL_MILLIS))
            .map(request -> client.registration().register(request.build()).getLeaseId())
            .toList();
    renew(leases);
    return leases;
  }

  private void renew(List<Long> leases) {
    keepAlive.send(KeepAliveRequest.newBuilder().addAllLeaseIds(leases).build());
    assertThat(keepAlive.next().getRenewalsList()).allMatch(LeaseRenewal::getAlive);
  }

  private void awaitSuspects(int count) {
    long deadline = System.nanoTime() + WAIT_NANOS;
    while (guard().getSuspects() != count) {
      assertThat(System.nanoTime() - deadline).as("%s", guard()).isNegative();
    }
  }

  private void awaitSuspect(String service, boolean isSuspect) {
    long deadline = System.nanoTime() + WAIT_NANOS;
    while (suspects(service).isEmpty() == isSuspect) {
      assertThat(client.ids(service)).hasSize(1);
      assertThat(System.nanoTime() - deadline).as("suspects of %s", service).isNegative();
    }
  }

  private List<String> suspects(String service) {
    return client.resolve(service).getInstancesList().stream()
        .filter(Instance::getSuspect)
        .map(Instance::getInstanceId)
        .toList();
  }

  private String suspicion(String service, String id) {
    var explained =
        client.discovery().explain(ExplainRequest.newBuilder().setKey(key(service, id)).build());
    assertThat(explained.getInPool()).isTrue();
    return explained.getFindingsList().stream()
        .filter(it -> it.getKind() == FindingKind.FINDING_KIND_SUSPECT)
        .map(Finding::getSentence)
        .findFirst()
        .orElseThrow();
  }

  private GuardStatusResponse guard() {
    return operations().guardStatus(GuardStatusRequest.getDefaultInstance());
  }

  private OperationsBlockingStub operations() {
    return OperationsGrpc.newBlockingStub(client.channel()).withDeadlineAfter(60, TimeUnit.SECONDS);
  }
}
