package dev.rollcall.store;

import static dev.rollcall.store.Instances.instance;
import static dev.rollcall.store.Instances.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.lease.Lease;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RegisterTest {
  private final StoreUnderTest registry = new StoreUnderTest();

  @Test
  void makesInstancesKnownAtOneRevisionUnderOneNewLease() {
    var outcome = registry.register(instance("payments/i-1", 7), instance("orders/i-2", 8));

    assertThat(outcome).isEqualTo(new Outcome.Registered(1, 1, 5_000));
    assertThat(registry.store.instance(key("payments/i-1")))
        .contains(new RegisteredInstance(instance("payments/i-1", 7), 1, 1, 1));
    assertThat(registry.store.instance(key("orders/i-2")))
        .contains(new RegisteredInstance(instance("orders/i-2", 8), 1, 1, 1));
    assertThat(registry.store.leases().find(1))
        .contains(
            new Lease(1, 5_000, "default", true, List.of(key("orders/i-2"), key("payments/i-1"))));
    assertThat(registry.range.changes()).hasSize(1);
    assertThat(registry.range.changes().getFirst().changes()).hasSize(2);
    assertThat(registry.range.leasesCreated()).containsExactly(1L);
  }

  @Test
  void answersARepeatWithTheFirstRevisionAndLease() {
    registry.register("payments/i-1", 7);
    registry.register("orders/i-2", 1);

    assertThat(registry.register("payments/i-1", 7)).isEqualTo(new Outcome.Registered(1, 1, 5_000));
    assertThat(registry.revision()).isEqualTo(2);
    assertThat(registry.range.changes()).isEmpty();
    assertThat(registry.range.leasesCreated()).isEmpty();
  }

  @Test
  void answersARepeatAlsoAfterAnUpdateAndAfterARestart() {
    registry.register("payments/i-1", 7);
    registry.updateWeight("payments/i-1", 7, 1);
    registry.updateWeight("payments/i-1", 7, 2);

    assertThat(registry.register("payments/i-1", 7)).isEqualTo(new Outcome.Registered(1, 1, 5_000));
    registry.reopen();
    assertThat(registry.register("payments/i-1", 7)).isEqualTo(new Outcome.Registered(1, 1, 5_000));
    assertThat(registry.store.instance(key("payments/i-1")).orElseThrow().instance().weight())
        .isEqualTo(2);
  }

  @Test
  void refusesEqualIncarnationWithOtherContent() {
    registry.register("payments/i-1", 7);

    assertThat(registry.register(instance(key("payments/i-1"), 7, 1)))
        .isEqualTo(new Outcome.IncarnationReused(1, key("payments/i-1")));
    assertThat(registry.revision()).isEqualTo(1);
  }

  @Test
  void refusesEqualIncarnationUnderAnotherLease() {
    registry.register("payments/i-1", 7);
    registry.register("payments/i-2", 7);

    assertThat(registry.registerUnder(2, instance("payments/i-1", 7)))
        .isEqualTo(new Outcome.IncarnationReused(2, key("payments/i-1")));
    assertThat(registry.registerUnder(1, instance("payments/i-1", 7)))
        .isEqualTo(new Outcome.Registered(1, 1, 5_000));
  }

  @Test
  void addsToALeaseWhatItDoesNotCarryYet() {
    registry.register("payments/i-1", 7);

    assertThat(registry.registerUnder(1, instance("payments/i-1", 7), instance("payments/i-2", 1)))
        .isEqualTo(new Outcome.Registered(2, 1, 5_000));
    assertThat(registry.store.instance(key("payments/i-1")).orElseThrow().modRevision())
        .isEqualTo(1);
    assertThat(registry.store.leases().find(1).orElseThrow().instances())
        .containsExactly(key("payments/i-1"), key("payments/i-2"));
  }

  @Test
  void refusesANewLeaseForPartOfWhatIsRegisteredAlready() {
    registry.register("payments/i-1", 7);

    assertThat(registry.register(instance("payments/i-2", 1), instance("payments/i-1", 7)))
        .isEqualTo(new Outcome.IncarnationReused(1, key("payments/i-1")));
    assertThat(registry.liveIncarnation("payments/i-2")).isZero();
  }

  @Test
  void refusesALowerIncarnationThanTheLiveOneAndNamesIt() {
    registry.register("payments/i-1", 7);

    assertThat(registry.register("payments/i-1", 6))
        .isEqualTo(new Outcome.StaleIncarnation(1, key("payments/i-1"), 7));
  }

  @Test
  void refusesAnIncarnationThatIsNotAboveThatOfARemovedLife() {
    registry.register("payments/i-1", 7);
    registry.deregister("payments/i-1", 7);

    for (long incarnation : new long[] {6, 7}) {
      assertThat(registry.register("payments/i-1", incarnation))
          .isEqualTo(new Outcome.StaleIncarnation(2, key("payments/i-1"), 7));
    }
    registry.reopen();
    assertThat(registry.register("payments/i-1", 7))
        .isEqualTo(new Outcome.StaleIncarnation(2, key("payments/i-1"), 7));
    assertThat(registry.register("payments/i-1", 8)).isEqualTo(new Outcome.Registered(3, 2, 5_000));
  }

  @Test
  void beginsANewLifeWithAHigherIncarnationAndEndsTheLeaseLeftEmpty() {
    registry.register("payments/i-1", 7);

    assertThat(registry.register("payments/i-1", 8)).isEqualTo(new Outcome.Registered(2, 2, 5_000));
    assertThat(registry.store.leases().find(1)).isEmpty();
    assertThat(registry.range.leasesEnded()).containsExactly(1L);
    assertThat(registry.store.instance(key("payments/i-1")).orElseThrow().createRevision())
        .isEqualTo(2);
    assertThat(registry.store.status().instances()).isEqualTo(1);
  }

  @Test
  void keepsALeaseThatIsLeftWithOthers() {
    registry.register(instance("payments/i-1", 7), instance("payments/i-2", 7));

    registry.register("payments/i-1", 8);
    assertThat(registry.store.leases().find(1).orElseThrow().instances())
        .containsExactly(key("payments/i-2"));
    assertThat(registry.range.leasesEnded()).isEmpty();
  }

  @Test
  void keepsALifeUnderTheSameLease() {
    registry.register("payments/i-1", 7);

    assertThat(registry.registerUnder(1, instance("payments/i-1", 8)))
        .isEqualTo(new Outcome.Registered(2, 1, 5_000));
    assertThat(registry.store.leases().find(1).orElseThrow().instances())
        .containsExactly(key("payments/i-1"));
  }

  @Test
  void changesNothingWhenOneOfManyIsRefused() {
    registry.register("payments/i-2", 7);

    var outcome =
        registry.register(
            instance("payments/i-1", 1), instance("payments/i-2", 6), instance("payments/i-3", 1));
    assertThat(outcome).isEqualTo(new Outcome.StaleIncarnation(1, key("payments/i-2"), 7));
    assertThat(registry.store.service(new ServiceKey("", "payments")).size()).isEqualTo(1);
    assertThat(registry.store.leases().size()).isEqualTo(1);
    assertThat(registry.revision()).isEqualTo(1);
  }

  @Test
  void refusesALeaseThatIsNotThere() {
    assertThat(registry.registerUnder(1, instance("payments/i-1", 1)))
        .isEqualTo(new Outcome.LeaseNotFound(0, 1));
  }

  @Test
  void refusesALeaseOfAnotherNamespace() {
    registry.register("payments/i-1", 1);

    assertThat(registry.registerUnder(1, instance("shop/payments/i-1", 1)))
        .isEqualTo(new Outcome.LeaseOfOtherNamespace(1, 1));
    assertThat(registry.registerUnder(1, instance("DEFAULT/payments/i-2", 1)))
        .isEqualTo(new Outcome.Registered(2, 1, 5_000));
  }

  @Test
  void putsAThousandInstancesUnderALeaseAndNotOneMore() {
    var thousand =
        IntStream.range(0, Lease.INSTANCES_MAX)
            .mapToObj(i -> instance("payments/i-" + i, 1))
            .toArray(Instance[]::new);
    registry.register(thousand);

    assertThat(registry.registerUnder(1, instance("payments/one-more", 1)))
        .isEqualTo(new Outcome.LeaseFull(1, 1, 1_000));
    assertThat(registry.registerUnder(1, instance("payments/i-0", 2)))
        .isEqualTo(new Outcome.Registered(2, 1, 5_000));
    registry.deregister("payments/i-1", 1);
    assertThat(registry.registerUnder(1, instance("payments/one-more", 1)))
        .isEqualTo(new Outcome.Registered(4, 1, 5_000));
  }

  @Test
  void neverGivesALeaseIdTwice() {
    registry.register("payments/i-1", 1);
    registry.deregister("payments/i-1", 1);
    registry.reopen();

    assertThat(registry.register("payments/i-1", 2)).isEqualTo(new Outcome.Registered(3, 2, 5_000));
  }

  @Test
  void takesServicesForOneWithoutRegardToCaseAndInstanceIdsNot() {
    registry.register("Payments/i-1", 7);

    assertThat(registry.register("payments/i-1", 6))
        .isEqualTo(new Outcome.StaleIncarnation(1, key("payments/i-1"), 7));
    registry.register("PAYMENTS/I-1", 1);
    var service = registry.store.service(new ServiceKey("", "pAyMeNtS"));
    assertThat(service.size()).isEqualTo(2);
    assertThat(service.key().name())
        .as("spelled as the first in order of id")
        .isEqualTo("PAYMENTS");
  }

  @Test
  void writesNoMoreThanThreeRowsPerRegistration() {
    int before = registry.rows.rows().size();
    registry.register("payments/i-1", 1);

    // The row of counters is one per batch.
    assertThat(registry.rows.rows().size() - before).isEqualTo(3 + 1);
  }

  @Test
  void namesTheServiceRevisionBeforeInItsChanges() {
    registry.register("payments/i-1", 1);
    registry.register("orders/i-1", 1);
    registry.register(instance("payments/i-2", 1), instance("stock/i-1", 1));

    assertThat(registry.range.changes().getFirst().previousRevisions())
        .containsEntry(new ServiceKey("", "payments"), 1L)
        .containsEntry(new ServiceKey("", "stock"), 0L)
        .hasSize(2);
  }

  @Test
  void grantsTheLeaseItsTtl() {
    var outcome =
        registry.apply(
            new Command.Register(
                List.of(instance("payments/i-1", 1)), new Keeper.NewLease(Lease.TTL_MILLIS_MAX)));
    assertThat(outcome).isEqualTo(new Outcome.Registered(1, 1, 86_400_000));
  }

  @Test
  void ordersInstancesById() {
    var ids = List.of("b", "a", "c", "B", "~", "!");
    ids.forEach(id -> registry.register("payments/" + id, 1));

    assertThat(registry.store.service(new ServiceKey("", "payments")).instances())
        .extracting(RegisteredInstance::instance)
        .extracting(Instance::key)
        .extracting(InstanceKey::instanceId)
        .containsExactly("!", "B", "a", "b", "c", "~");
  }
}
