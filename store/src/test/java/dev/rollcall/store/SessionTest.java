package dev.rollcall.store;

import static dev.rollcall.store.Instances.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.request.Session;
import dev.rollcall.store.request.SessionTable;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionTest {
  private final StoreUnderTest registry = new StoreUnderTest();

  @BeforeEach
  void registerAnInstance() {
    registry.register("payments/i-1", 7);
  }

  @Test
  void isOpenedWithoutARevision() {
    assertThat(registry.apply(new Command.OpenSession()))
        .isEqualTo(new Outcome.SessionOpened(1, 1));
    assertThat(registry.apply(new Command.OpenSession()))
        .isEqualTo(new Outcome.SessionOpened(1, 2));
    assertThat(registry.revision()).isEqualTo(1);
    assertThat(registry.store.status().sessions()).isEqualTo(2);
  }

  @Test
  void answersARepeatWithTheFirstOutcomeAlsoAfterARestart() {
    open();
    var first = weight(1, 1, 50);
    registry.updateWeight("payments/i-1", 0, 60);

    assertThat(first).isInstanceOf(Outcome.Updated.class);
    assertThat(weight(1, 1, 50)).isEqualTo(first);
    registry.reopen();
    assertThat(weight(1, 1, 50)).isEqualTo(first);
    assertThat(registry.store.instance(key("payments/i-1")).orElseThrow().instance().weight())
        .isEqualTo(60);
  }

  @Test
  void keepsRefusalsToo() {
    open();
    var refused = execute(weightOf("payments/i-9", 1), 1, 1);
    registry.register("payments/i-9", 1);

    assertThat(refused).isEqualTo(new Outcome.InstanceNotFound(1, key("payments/i-9")));
    assertThat(execute(weightOf("payments/i-9", 1), 1, 1)).isEqualTo(refused);
  }

  @Test
  void forgetsWhatTheClientKnowsAndExecutesItNeverAgain() {
    open();
    weight(1, 1, 50);
    weight(2, 2, 51);

    assertThat(weight(1, 1, 50)).isEqualTo(new Outcome.RequestTooOld(3, 1));
    registry.reopen();
    assertThat(weight(1, 1, 50)).isEqualTo(new Outcome.RequestTooOld(3, 1));
    assertThat(outcomeRows()).isEqualTo(1);
  }

  @Test
  void executesSequencesThatComeLate() {
    open();
    weight(2, 1, 52);

    assertThat(weight(1, 1, 51)).isInstanceOf(Outcome.Updated.class);
    assertThat(registry.revision()).isEqualTo(3);
  }

  @Test
  void keepsAsManyOutcomesAsTheLimitAndNotOneMore() {
    open();
    for (int sequence = 1; sequence <= Session.OUTCOMES_MAX; sequence++) {
      weight(sequence, 1, sequence);
    }
    var first = weight(1, 1, 1);
    assertThat(first).isInstanceOf(Outcome.Updated.class);
    assertThat(outcomeRows()).isEqualTo(Session.OUTCOMES_MAX);

    weight(Session.OUTCOMES_MAX + 1, 1, 0);
    assertThat(outcomeRows()).isEqualTo(Session.OUTCOMES_MAX);
    assertThat(weight(1, 1, 1)).isInstanceOf(Outcome.RequestTooOld.class);
    assertThat(weight(2, 1, 2)).isInstanceOf(Outcome.Updated.class);
    registry.reopen();
    assertThat(weight(1, 1, 1)).isInstanceOf(Outcome.RequestTooOld.class);
  }

  @Test
  void thatIsUnknownRefusesAndExecutesNothing() {
    assertThat(weight(1, 1, 50)).isEqualTo(new Outcome.SessionExpired(1, 1));
    assertThat(registry.revision()).isEqualTo(1);
  }

  @Test
  void endsAnHourAfterItsLastWrite() {
    open();
    registry.wallMillis += SessionTable.IDLE_MILLIS_MAX - 1;
    weight(1, 1, 50);
    registry.wallMillis += SessionTable.IDLE_MILLIS_MAX - 1;
    weight(1, 1, 50);
    registry.wallMillis += SessionTable.IDLE_MILLIS_MAX;

    assertThat(weight(2, 1, 51)).isEqualTo(new Outcome.SessionExpired(2, 1));
    assertThat(registry.store.status().sessions()).isZero();
    assertThat(outcomeRows()).isZero();
  }

  @Test
  void endsWithAnEntryThatCarriesNoCommandToo() {
    open();
    registry.reopen();
    registry.wallMillis += SessionTable.IDLE_MILLIS_MAX;

    assertThat(registry.applyBytes(new byte[0])).isEqualTo(new Outcome.Nothing(1));
    assertThat(registry.store.status().sessions()).isZero();
  }

  @Test
  void doesNotEndEarlierWhenALeaderWithASlowClockTakesOver() {
    open();
    registry.wallMillis += SessionTable.IDLE_MILLIS_MAX - 10;
    weight(1, 1, 50);
    registry.wallMillis -= 500_000;
    // Counts as written at the highest clock seen.
    weight(2, 1, 51);
    registry.wallMillis += 500_000 + SessionTable.IDLE_MILLIS_MAX - 1;

    assertThat(weight(3, 1, 52)).isInstanceOf(Outcome.Updated.class);
  }

  @Test
  void neverGivesASessionIdTwice() {
    open();
    registry.wallMillis += SessionTable.IDLE_MILLIS_MAX;
    registry.applyBytes(new byte[0]);
    registry.reopen();

    assertThat(registry.apply(new Command.OpenSession()))
        .isEqualTo(new Outcome.SessionOpened(1, 2));
  }

  private void open() {
    registry.apply(new Command.OpenSession());
  }

  private Outcome weight(long sequence, long lowestUnacknowledged, int weight) {
    return execute(weightOf("payments/i-1", weight), sequence, lowestUnacknowledged);
  }

  private Outcome execute(Command command, long sequence, long lowestUnacknowledged) {
    var repeat = new Request.Repeat(1, sequence, lowestUnacknowledged);
    return registry.apply(new Request(command, Optional.of(repeat)));
  }

  private static Command weightOf(String path, int weight) {
    return StoreUnderTest.weight(key(path), 0, weight);
  }

  private long outcomeRows() {
    return registry.rows.rows().stream().filter(row -> row.getKey()[0] == RowKeys.OUTCOMES).count();
  }
}
