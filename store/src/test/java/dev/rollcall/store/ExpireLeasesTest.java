package dev.rollcall.store;

import static dev.rollcall.store.Instances.instance;
import static dev.rollcall.store.Instances.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.instance.RegisteredInstance;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpireLeasesTest {
  private final StoreUnderTest registry = new StoreUnderTest();

  @Test
  void removesAllInstancesOfAllLeasesAtOneRevision() {
    registry.register(instance("payments/i-1", 1), instance("payments/i-2", 2));
    registry.register("orders/i-3", 3);
    registry.register("orders/i-4", 4);

    var orders = live("orders/i-3");
    var first = live("payments/i-1");
    var second = live("payments/i-2");
    assertThat(registry.expire(2L, 1L)).isEqualTo(new Outcome.LeasesExpired(4, 2, 3));
    assertThat(registry.range.changes()).hasSize(1);
    assertThat(registry.range.changes().getFirst().changes())
        .isEqualTo(
            List.of(
                new Change.Removed(orders, Change.Cause.EXPIRED),
                new Change.Removed(first, Change.Cause.EXPIRED),
                new Change.Removed(second, Change.Cause.EXPIRED)));
    assertThat(registry.range.leasesEnded()).containsExactly(2L, 1L);
    assertThat(registry.store.status().instances()).isEqualTo(1);
    assertThat(registry.store.status().leases()).isEqualTo(1);
  }

  @Test
  void passesOverLeasesThatAreGoneOrNamedTwice() {
    registry.register("payments/i-1", 1);

    assertThat(registry.expire(9L, 1L, 1L)).isEqualTo(new Outcome.LeasesExpired(2, 1, 1));
  }

  @Test
  void makesNoRevisionWhenNothingIsLeft() {
    registry.register("payments/i-1", 1);
    registry.deregister("payments/i-1", 1);

    assertThat(registry.expire(1L)).isEqualTo(new Outcome.LeasesExpired(2, 0, 0));
    assertThat(registry.range.changes()).isEmpty();
    assertThat(registry.revision()).isEqualTo(2);
  }

  @Test
  void sparesAnInstanceThatWasRegisteredAgainUnderAnotherLease() {
    registry.register(instance("payments/i-1", 1), instance("payments/i-2", 1));
    registry.register("payments/i-1", 2);

    assertThat(registry.expire(1L)).isEqualTo(new Outcome.LeasesExpired(3, 1, 1));
    assertThat(registry.liveIncarnation("payments/i-1")).isEqualTo(2);
  }

  @Test
  void leavesATombstone() {
    registry.register("payments/i-1", 5);
    registry.expire(1L);

    assertThat(registry.register("payments/i-1", 5))
        .isEqualTo(new Outcome.StaleIncarnation(2, key("payments/i-1"), 5));
  }

  private RegisteredInstance live(String key) {
    return registry.store.instance(key(key)).orElseThrow();
  }
}
