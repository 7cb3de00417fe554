package dev.rollcall.client.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.client.Endpoint;
import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceInstance.Registered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
  private final AtomicLong now = new AtomicLong();
  private final AtomicReference<List<ServiceInstance>> instances = new AtomicReference<>(List.of());
  private final RoundRobin balancer = builder().build();

  private RoundRobin.Builder builder() {
    return RoundRobin.over(instances::get).cooldown(Duration.ofSeconds(2)).nanoTime(now::get);
  }

  private static ServiceInstance.Builder describe(String id, long incarnation) {
    return ServiceInstance.builder("orders")
        .id(id)
        .endpoint("admin", "http", id, 9000)
        .endpoint("main", "grpc", id, 8080)
        .registered(new Registered(incarnation, 1, 1, 1));
  }

  private static ServiceInstance up(String id) {
    return describe(id, 1).build();
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private static String chosen(RoundRobin from) {
    return from.choose().map(it -> it.instance().id()).orElse("nobody");
  }

  private Map<String, Integer> choose(int times) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < times; i++) {
      counts.merge(chosen(balancer), 1, Integer::sum);
    }
    return counts;
  }

  @Test
  void takesAllInTurn() {
    instances.set(List.of(up("a"), up("b"), up("c")));
    assertThat(choose(300)).isEqualTo(Map.of("a", 100, "b", 100, "c", 100));
  }

  @Test
  void choosesNobodyWhereNobodyIs() {
    assertThat(balancer.choose()).isEmpty();
  }

  @Test
  void leavesOutWhatIsNotUpOrWantsNoTraffic() {
    var some = new ArrayList<ServiceInstance>();
    for (InstanceStatus status : InstanceStatus.values()) {
      some.add(describe(status.name(), 1).status(status).build());
    }
    some.add(describe("weightless", 1).weight(0).build());
    instances.set(some);
    assertThat(choose(10)).containsOnlyKeys("UP");
  }

  @Test
  void choosesTheEndpointByNameOrProtocol() {
    instances.set(List.of(up("a")));
    assertThat(builder().endpointName("admin").build().choose())
        .map(Choice::endpoint)
        .map(Endpoint::port)
        .contains(9000);
    assertThat(builder().protocol("grpc").build().choose())
        .map(Choice::endpoint)
        .map(Endpoint::port)
        .contains(8080);
    assertThat(builder().protocol("amqp").build().choose()).isEqualTo(Optional.empty());
  }

  @Test
  void passesOverWhatFailedUntilItsTimeIsUp() {
    instances.set(List.of(up("a"), up("b"), up("c")));
    balancer.reportFailure(up("b"));
    assertThat(choose(100)).containsOnlyKeys("a", "c");
    assertThat(choose(100)).isEqualTo(Map.of("a", 50, "c", 50));

    pass(Duration.ofSeconds(2));

    assertThat(choose(300)).containsKey("b");
  }

  @Test
  void passesOverForLongerWhatFailsAgain() {
    instances.set(List.of(up("a"), up("b")));
    balancer.reportFailure(up("b"));
    pass(Duration.ofSeconds(2));
    balancer.reportFailure(up("b"));
    pass(Duration.ofMillis(3_999));
    assertThat(choose(10)).containsOnlyKeys("a");
    pass(Duration.ofMillis(1));
    assertThat(choose(10)).containsKey("b");
  }

  @Test
  void manyFailuresAtOnceCountOnce() {
    instances.set(List.of(up("a"), up("b")));
    for (int i = 0; i < 50; i++) {
      balancer.reportFailure(up("b"));
    }
    pass(Duration.ofSeconds(2));
    assertThat(choose(10)).containsKey("b");
  }

  @Test
  void aSuccessEndsIt() {
    instances.set(List.of(up("a"), up("b")));
    balancer.reportFailure(up("b"));
    balancer.reportSuccess(new Choice(up("b"), up("b").endpoints().get(0)));
    assertThat(choose(10)).containsKey("b");
  }

  @Test
  void aNewLifeBeginsWithoutTheFailuresOfTheOld() {
    instances.set(List.of(up("a"), up("b")));
    balancer.reportFailure(up("b"));
    instances.set(List.of(up("a"), describe("b", 2).build()));
    assertThat(choose(10)).containsKey("b");
  }

  @Test
  void anUpdateOfAnInstanceDoesNotForgetItsFailures() {
    instances.set(List.of(up("a"), up("b")));
    balancer.reportFailure(up("b"));
    instances.set(List.of(up("a"), describe("b", 1).tag("new").build()));
    assertThat(choose(10)).containsOnlyKeys("a");
  }

  @Test
  void whenAllHaveFailedAllTakeTurnsAgain() {
    instances.set(List.of(up("a"), up("b")));
    balancer.reportFailure(up("a"));
    balancer.reportFailure(up("b"));
    assertThat(choose(10)).isEqualTo(Map.of("a", 5, "b", 5));
  }
}
