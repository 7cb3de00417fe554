package dev.rollcall.cli.lb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.client.Endpoint;
import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.Lifecycle;
import dev.rollcall.client.Locality;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.Standing;
import dev.rollcall.client.StatusCause;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DesiredServersTest {
  private static final Selection ANY = new Selection("", "");

  @Test
  void weightsThatFitStay() {
    assertThat(weights(0, 1, 100, 256)).containsExactly(0, 1, 100, 256);
  }

  @Test
  void higherWeightsKeepTheirProportions() {
    assertThat(weights(0, 1, 100, 257)).containsExactly(0, 1, 50, 128);
    assertThat(weights(65_535, 32_768, 1, 0)).containsExactly(255, 128, 1, 0);
    assertThat(weights(1_000, 500, 250)).containsExactly(250, 125, 62);
  }

  @Test
  void whoeverIsNotUpWaitsInMaintenance() {
    for (InstanceStatus status :
        new InstanceStatus[] {
          InstanceStatus.STARTING, InstanceStatus.DOWN, InstanceStatus.OUT_OF_SERVICE
        }) {
      assertThat(servers(ANY, instance("a").status(status).build()))
          .extracting(Server::mode)
          .containsExactly(Mode.MAINTENANCE);
    }
    assertThat(servers(ANY, instance("a").build()))
        .extracting(Server::mode)
        .containsExactly(Mode.READY);
  }

  @Test
  void whatTheRegistrySaysOfItGoesBeforeWhatItSays() {
    assertThat(mode(InstanceStatus.UP, StatusCause.SUSPECT)).isEqualTo(Mode.READY);
    assertThat(mode(InstanceStatus.UP, StatusCause.OVERRIDE)).isEqualTo(Mode.READY);
    assertThat(mode(InstanceStatus.OUT_OF_SERVICE, StatusCause.OVERRIDE))
        .isEqualTo(Mode.MAINTENANCE);
    assertThat(mode(InstanceStatus.OUT_OF_SERVICE, StatusCause.DRAINING)).isEqualTo(Mode.DRAIN);
    assertThat(mode(InstanceStatus.OUT_OF_SERVICE, StatusCause.TERMINATING))
        .isEqualTo(Mode.MAINTENANCE);
  }

  private static Mode mode(InstanceStatus effective, StatusCause cause) {
    var standing =
        new Standing(
            effective,
            cause,
            Lifecycle.DRAINING,
            Optional.empty(),
            Optional.empty(),
            cause == StatusCause.SUSPECT);
    return servers(ANY, instance("a").status(InstanceStatus.DOWN).standing(standing).build())
        .getFirst()
        .mode();
  }

  @Test
  void instancesOfOtherZonesAreBackups() {
    var near = instance("near").locality(new Locality("r", "z1", "")).build();
    var far = instance("far").locality(new Locality("r", "z2", "")).build();
    var somewhere = instance("somewhere").build();
    assertThat(servers(new Selection("", "z1"), near, far, somewhere))
        .extracting(it -> it.key().isBackup())
        .containsExactly(false, true, true);
    assertThat(servers(ANY, near, far)).noneMatch(it -> it.key().isBackup());
  }

  @Test
  void theEndpointIsTheNamedOrTheFirstWithoutTls() {
    var instance =
        ServiceInstance.builder("orders")
            .id("a")
            .endpoint(new Endpoint("safe", "http", "10.0.0.1", 8443, true))
            .endpoint(new Endpoint("http", "http", "10.0.0.1", 8080, false))
            .endpoint(new Endpoint("admin", "http", "10.0.0.1", 8081, false))
            .build();
    assertThat(servers(ANY, instance)).extracting(Server::port).containsExactly(8080);
    assertThat(servers(new Selection("admin", ""), instance))
        .extracting(Server::port)
        .containsExactly(8081);
    Server safe = servers(new Selection("safe", ""), instance).getFirst();
    assertThat(safe.port()).isEqualTo(8443);
    assertThat(safe.key().isTls()).isTrue();
    DesiredServers none =
        DesiredServers.of(List.of(instance), new Selection("grpc", ""), DesiredServersTest::known);
    assertThat(none.servers()).isEmpty();
    assertThat(none.unsuitable()).containsExactly("a");
  }

  @Test
  void aHostThatIsNotKnownIsLeftAlone() {
    var instance =
        ServiceInstance.builder("orders").id("a").endpoint("http", "http", "far", 1).build();
    DesiredServers desired = DesiredServers.of(List.of(instance), ANY, host -> Optional.empty());
    assertThat(desired.servers()).isEmpty();
    assertThat(desired.unresolved()).containsExactly(new ServerKey("a", false, false));
  }

  private static List<Integer> weights(int... weights) {
    ServiceInstance[] instances = new ServiceInstance[weights.length];
    for (int i = 0; i < weights.length; i++) {
      instances[i] = instance("i-" + i).weight(weights[i]).build();
    }
    return servers(ANY, instances).stream().map(Server::weight).toList();
  }

  private static List<Server> servers(Selection selection, ServiceInstance... instances) {
    return DesiredServers.of(List.of(instances), selection, DesiredServersTest::known).servers();
  }

  private static ServiceInstance.Builder instance(String id) {
    return ServiceInstance.builder("orders").id(id).endpoint("http", "http", "10.0.0.1", 80);
  }

  private static Optional<InetAddress> known(String host) {
    try {
      return Optional.of(InetAddress.getByName(host));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
