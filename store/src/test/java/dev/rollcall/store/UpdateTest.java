package dev.rollcall.store;

import static dev.rollcall.store.Instances.key;
import static dev.rollcall.store.StoreUnderTest.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UpdateTest {
  private final StoreUnderTest registry = new StoreUnderTest();

  @Test
  void changesTheNamedFieldsOnly() {
    registry.register("payments/i-1", 7);
    var before = live("payments/i-1").instance();

    var outcome =
        registry.apply(
            new Command.Update(
                key("payments/i-1"),
                7,
                0,
                Optional.of(Status.DOWN),
                OptionalInt.of(0),
                Optional.of(new TreeMap<>(Map.of("env", "prod"))),
                Optional.of(List.of("canary", "canary"))));

    var expected =
        new Instance(
            before.key(),
            7,
            before.endpoints(),
            before.locality(),
            0,
            before.version(),
            List.of("canary"),
            new TreeMap<>(Map.of("env", "prod")),
            Status.DOWN);
    assertThat(outcome)
        .isEqualTo(new Outcome.Updated(2, new RegisteredInstance(expected, 1, 1, 2)));
    assertThat(live("payments/i-1")).isEqualTo(new RegisteredInstance(expected, 1, 1, 2));
    assertThat(registry.range.changes().getFirst().changes())
        .isEqualTo(
            List.of(
                new Change.Upserted(
                    live("payments/i-1"), Optional.of(new RegisteredInstance(before, 1, 1, 1)))));
  }

  @Test
  void makesNoRevisionWhenNothingDiffers() {
    registry.register("payments/i-1", 7);
    registry.updateWeight("payments/i-1", 7, 1);
    registry.register("orders/i-1", 7);

    assertThat(registry.updateWeight("payments/i-1", 0, 1))
        .isEqualTo(new Outcome.Updated(2, live("payments/i-1")));
    var nothingNamed =
        update(key("payments/i-1"), 7, Optional.empty(), OptionalInt.empty(), Optional.empty());
    assertThat(registry.apply(nothingNamed))
        .isEqualTo(new Outcome.Updated(2, live("payments/i-1")));
    assertThat(registry.revision()).isEqualTo(3);
    assertThat(registry.range.changes()).isEmpty();
  }

  @Test
  void refusesAnotherIncarnationThanTheLiveOne() {
    registry.register("payments/i-1", 7);

    for (long incarnation : new long[] {6, 8}) {
      assertThat(registry.updateWeight("payments/i-1", incarnation, 1))
          .isEqualTo(new Outcome.StaleIncarnation(1, key("payments/i-1"), 7));
    }
  }

  @Test
  void doesNotFindWhatIsRemoved() {
    registry.register("payments/i-1", 7);
    registry.deregister("payments/i-1", 7);

    assertThat(registry.updateWeight("payments/i-1", 7, 1))
        .isEqualTo(new Outcome.InstanceNotFound(2, key("payments/i-1")));
  }

  private RegisteredInstance live(String path) {
    return registry.store.instance(key(path)).orElseThrow();
  }
}
