package dev.rollcall.store;

import static dev.rollcall.store.Instances.instance;
import static dev.rollcall.store.Instances.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.instance.ServiceKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeregisterTest {
  private final StoreUnderTest registry = new StoreUnderTest();

  @Test
  void removesTheInstanceAndTheLeaseLeftEmpty() {
    registry.register("payments/i-1", 7);

    var before = registry.store.instance(key("payments/i-1")).orElseThrow();
    assertThat(registry.deregister("payments/i-1", 7)).isEqualTo(new Outcome.Deregistered(2));
    assertThat(registry.store.instance(key("payments/i-1"))).isEmpty();
    assertThat(registry.store.service(new ServiceKey("", "payments")).revision()).isEqualTo(2);
    assertThat(registry.range.leasesEnded()).containsExactly(1L);
    assertThat(registry.range.changes().getFirst().changes())
        .isEqualTo(List.of(new Change.Removed(before, Change.Cause.DEREGISTERED)));
    assertThat(registry.store.status().instances()).isZero();
    assertThat(registry.store.status().leases()).isZero();
  }

  @Test
  void leavesTheLeaseToTheOthers() {
    registry.register(instance("payments/i-1", 7), instance("payments/i-2", 7));

    registry.deregister("payments/i-1", 7);
    assertThat(registry.range.leasesEnded()).isEmpty();
    assertThat(registry.store.leases().find(1).orElseThrow().instances())
        .containsExactly(key("payments/i-2"));
  }

  @Test
  void takesWhateverIsLiveForIncarnationZero() {
    registry.register("payments/i-1", 7);

    assertThat(registry.deregister("payments/i-1", 0)).isEqualTo(new Outcome.Deregistered(2));
    assertThat(registry.deregister("payments/i-1", 0))
        .isEqualTo(new Outcome.InstanceNotFound(2, key("payments/i-1")));
  }

  @Test
  void leavesAHigherIncarnationAlone() {
    registry.register("payments/i-1", 7);

    assertThat(registry.deregister("payments/i-1", 6))
        .isEqualTo(new Outcome.StaleIncarnation(1, key("payments/i-1"), 7));
    assertThat(registry.liveIncarnation("payments/i-1")).isEqualTo(7);
  }

  @Test
  void doesNotFindAHigherIncarnationThanTheLiveOne() {
    registry.register("payments/i-1", 7);

    assertThat(registry.deregister("payments/i-1", 8))
        .isEqualTo(new Outcome.InstanceNotFound(1, key("payments/i-1")));
    assertThat(registry.liveIncarnation("payments/i-1")).isEqualTo(7);
  }

  @Test
  void answersARepeatWithTheFirstRevisionAlsoAfterARestart() {
    registry.register("payments/i-1", 7);
    registry.deregister("payments/i-1", 7);
    registry.register("orders/i-1", 1);

    assertThat(registry.deregister("payments/i-1", 7)).isEqualTo(new Outcome.Deregistered(2));
    registry.reopen();
    assertThat(registry.deregister("payments/i-1", 7)).isEqualTo(new Outcome.Deregistered(2));
    assertThat(registry.revision()).isEqualTo(3);
  }

  @Test
  void answersForAnInstanceThatExpiredMeanwhile() {
    registry.register("payments/i-1", 7);
    registry.expire(1L);

    assertThat(registry.deregister("payments/i-1", 7)).isEqualTo(new Outcome.Deregistered(2));
  }

  @Test
  void doesNotFindWhatNeverWas() {
    assertThat(registry.deregister("payments/i-1", 7))
        .isEqualTo(new Outcome.InstanceNotFound(0, key("payments/i-1")));
    assertThat(registry.range.changes()).isEmpty();
  }
}
