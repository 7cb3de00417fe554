package dev.rollcall.store;

import static dev.rollcall.store.Instances.instance;
import static dev.rollcall.store.Instances.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.ServiceKey;
import org.junit.jupiter.api.Test;

/** What goes with the change log, and what outlives it; each also after a restart. */
class CompactionTest {
  private static final ServiceKey PAYMENTS = new ServiceKey("", "payments");

  private final StoreUnderTest registry = new StoreUnderTest();

  @Test
  void dropsRowsAndMakesNoRevision() {
    registry.register("payments/i-1", 1);
    registry.register("payments/i-2", 1);

    assertThat(compact(2)).isEqualTo(new Outcome.ChangesCompacted(2, 2));
    assertThat(registry.range.changes()).isEmpty();
    assertThat(registry.rows.get(RowKeys.change(1))).isEmpty();
    assertThat(registry.rows.get(RowKeys.change(2))).isPresent();
    assertThat(registry.revision()).isEqualTo(2);
  }

  @Test
  void changesNothingTheSecondTimeOrBelow() {
    registry.register("payments/i-1", 1);
    registry.register("payments/i-2", 1);
    compact(2);
    int rows = registry.rows.rows().size();

    assertThat(compact(2)).isEqualTo(new Outcome.ChangesCompacted(2, 2));
    assertThat(compact(1)).isEqualTo(new Outcome.ChangesCompacted(2, 2));
    assertThat(registry.rows.rows()).hasSize(rows);
    assertThat(registry.rows.get(RowKeys.change(2))).isPresent();
  }

  @Test
  void dropsAThousandAtMost() {
    registry.register("payments/i-1", 1);
    for (int i = 1; i < 1_500; i++) {
      registry.updateWeight("payments/i-1", 1, i % 2);
    }
    assertThat(compact(1_500)).isEqualTo(new Outcome.ChangesCompacted(1_500, 1_001));
    assertThat(compact(1_500)).isEqualTo(new Outcome.ChangesCompacted(1_500, 1_500));
  }

  @Test
  void forgetsWhoLeftAtTheEntryThatDropsIt() {
    registry.register("payments/i-1", 5);
    registry.register("payments/i-2", 1);
    registry.deregister("payments/i-1", 5);
    compact(3);
    inBothLives(() ->
        assertThat(registry.register("payments/i-1", 4))
            .isEqualTo(new Outcome.StaleIncarnation(3, key("payments/i-1"), 5)));
    compact(4);
    inBothLives(() ->
        assertThat(registry.deregister("payments/i-1", 5))
            .isEqualTo(new Outcome.InstanceNotFound(3, key("payments/i-1"))));
    assertThat(registry.register("payments/i-1", 4)).isInstanceOf(Outcome.Registered.class);
  }

  @Test
  void aTombstoneOfALaterLifeStays() {
    registry.register("payments/i-1", 1);
    registry.deregister("payments/i-1", 1);
    registry.register("payments/i-1", 2);
    registry.deregister("payments/i-1", 2);
    compact(4);
    inBothLives(() ->
        assertThat(registry.register("payments/i-1", 2))
            .isEqualTo(new Outcome.StaleIncarnation(4, key("payments/i-1"), 2)));
  }

  @Test
  void keepsWhatAnInstanceWasRegisteredAs() {
    registry.register("payments/i-1", 1);
    registry.updateWeight("payments/i-1", 1, 7);
    registry.updateWeight("payments/i-1", 1, 8);
    compact(99);
    inBothLives(() ->
        assertThat(registry.register("payments/i-1", 1))
            .isEqualTo(new Outcome.Registered(1, 1, 5_000)));
    registry.register("payments/i-1", 2);
    inBothLives(() -> {
      assertThat(registry.rows.get(RowKeys.registered(key("payments/i-1")))).isEmpty();
      assertThat(registry.register("payments/i-1", 2))
          .isEqualTo(new Outcome.Registered(4, 2, 5_000));
    });
  }

  @Test
  void keepsTheRevisionOfAServiceThatSomebodyLeft() {
    registry.register(instance("payments/i-1", 1), instance("payments/i-2", 1));
    registry.deregister("payments/i-2", 1);
    registry.register("orders/i-1", 1);
    compact(99);
    inBothLives(() -> assertThat(registry.store.service(PAYMENTS).revision()).isEqualTo(2));
    registry.updateWeight("payments/i-1", 1, 7);
    inBothLives(() -> assertThat(registry.store.service(PAYMENTS).revision()).isEqualTo(4));
  }

  @Test
  void forgetsAServiceThatIsEmpty() {
    registry.register("payments/i-1", 1);
    registry.register("payments/i-2", 1);
    registry.deregister("payments/i-2", 1);
    compact(99);
    registry.deregister("payments/i-1", 1);
    compact(4);
    inBothLives(() -> assertThat(registry.store.service(PAYMENTS).revision()).isEqualTo(4));
    compact(5);
    inBothLives(() -> assertThat(registry.store.service(PAYMENTS).revision()).isZero());
    assertThat(registry.rows.get(RowKeys.revision(PAYMENTS))).isEmpty();

    registry.register("payments/i-3", 1);
    assertThat(registry.range.changes().getFirst().previousRevisions()).containsEntry(PAYMENTS, 0L);
    inBothLives(() -> assertThat(registry.store.service(PAYMENTS).revision()).isEqualTo(5));
  }

  @Test
  void revisionsBeginWithOne() {
    assertThatThrownBy(() -> new Command.CompactChanges(0)).isInstanceOf(InvalidRequest.class);
  }

  @Test
  void onlyWhatIsOldAndBeyondTheNumberMayGo() {
    var log = new ChangeLogTally();
    for (int revision = 1; revision <= 1_000; revision++) {
      log.add(revision, revision, 10);
    }
    assertThat(log.bytes()).isEqualTo(10_000);
    assertThat(log.compactBelow(new ChangeLogRetention(0, 1_000, 10_000), 1_000, 9_999)).isZero();
    assertThat(log.compactBelow(new ChangeLogRetention(0, 500, 10_000), 1_000, 9_999))
        .isEqualTo(448);
    assertThat(log.compactBelow(new ChangeLogRetention(800, 500, 10_000), 1_000, 1_000))
        .isEqualTo(192);
    assertThat(log.compactBelow(new ChangeLogRetention(9_999, 500, 10_000), 1_000, 9_999)).isZero();
  }

  @Test
  void whatIsBeyondTheBytesGoesWhateverItsAge() {
    var log = new ChangeLogTally();
    for (int revision = 1; revision <= 1_000; revision++) {
      log.add(revision, revision, 10);
    }
    assertThat(log.compactBelow(new ChangeLogRetention(9_999, 9_999, 9_000), 1_000, 0))
        .isEqualTo(128);
    log.dropBelow(128);
    assertThat(log.bytes()).isEqualTo(8_730);
    assertThat(log.compactBelow(new ChangeLogRetention(9_999, 9_999, 9_000), 1_000, 0)).isZero();
    assertThat(log.compactBelow(new ChangeLogRetention(9_999, 9_999, 1), 1_000, 0))
        .isEqualTo(1_001);
  }

  private Outcome compact(long revision) {
    return registry.apply(new Command.CompactChanges(revision));
  }

  private void inBothLives(Runnable check) {
    check.run();
    var before = registry.store.status();
    registry.reopen();
    assertThat(registry.store.status()).isEqualTo(before);
    check.run();
  }
}
