package dev.rollcall.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.store.OrderedStore.Batch;
import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.instance.InvalidRequest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FeatureLevelTest {
  private static final Command GRANT = new Command.GrantLease("default", 5_000);
  private static final String ADVICE = "this version knows levels up to 1: start a newer version";

  private final StoreUnderTest registry = new StoreUnderTest(LaterVersion.FEATURES);

  @Test
  void isTheFirstUntilItIsRaisedAndNeverGoesDown() {
    assertThat(level()).isEqualTo(1);
    assertThat(raise(2)).isEqualTo(new Outcome.FeatureLevelRaised(0, 2));
    assertThat(raise(2)).isEqualTo(new Outcome.FeatureLevelRaised(0, 2));
    assertThat(level()).isEqualTo(2);
    assertThat(raise(1)).isEqualTo(new Outcome.FeatureLevelHigher(0, 2));
    assertThat(level()).isEqualTo(2);
    registry.reopen();
    assertThat(level()).isEqualTo(2);
  }

  @Test
  void aCommandAboveTheLevelIsRefusedAndNotExecuted() {
    assertThat(registry.apply(GRANT)).isEqualTo(new Outcome.FeatureLevelTooLow(0, 2, 1));
    assertThat(registry.store.status().leases()).isZero();
    raise(2);
    assertThat(registry.apply(GRANT)).isEqualTo(new Outcome.LeaseGranted(0, 1, 5_000));
  }

  @Test
  void aSessionIsToldTheRefusalAgain() {
    long session = ((Outcome.SessionOpened) registry.apply(new Command.OpenSession())).sessionId();
    var request = new Request(GRANT, Optional.of(new Request.Repeat(session, 1, 1)));
    var refusal = new Outcome.FeatureLevelTooLow(0, 2, 1);
    assertThat(registry.apply(request)).isEqualTo(refusal);
    raise(2);
    assertThat(registry.apply(request)).isEqualTo(refusal);
    assertThat(registry.store.status().leases()).isZero();
  }

  @Test
  void theDigestTellsLevelsApart() {
    var other = new StoreUnderTest(LaterVersion.FEATURES);
    raise(2);
    other.apply(new Command.RaiseFeatureLevel(3));
    assertThat(registry.store.status().digest()).isNotEqualTo(other.store.status().digest());
  }

  @Test
  void olderSoftwareStopsAtTheEntryAndChangesNothing() {
    var older = new StoreUnderTest();
    older.register("payments/i-1", 1);
    var before = older.store.status();
    assertThatThrownBy(() -> older.apply(new Command.RaiseFeatureLevel(2)))
        .isInstanceOf(UnknownFeatureLevel.class)
        .hasMessage("entry 2 needs feature level 2, " + ADVICE);
    assertThat(older.store.status()).isEqualTo(before);
    older.reopen();
    assertThat(older.store.status()).isEqualTo(before);
  }

  @Test
  void olderSoftwareRefusesTheRowsBeforeItReadsAnyOther() {
    raise(2);
    // It could not read such a row, and must not come so far.
    registry.rows.write(new Batch(List.of(new Operation.Put(RowKeys.lease(1), new byte[] {-1}))));
    assertThatThrownBy(() -> RegistryStore.open(registry.rows))
        .isInstanceOf(UnknownFeatureLevel.class)
        .hasMessage("the state up to entry 1 needs feature level 2, " + ADVICE);
  }

  @Test
  void olderSoftwareRefusesTheSnapshot() {
    raise(2);
    var older = RegistryStore.open(new MemoryOrderedStore());
    try (var source = registry.store.snapshot();
        var staged = older.stage(new byte[] {1})) {
      staged.add(source.chunk(new byte[0], 1 << 20).bytes());
      assertThatThrownBy(staged::finish).isInstanceOf(UnknownFeatureLevel.class);
    }
    assertThat(older.status().lastApplied()).isZero();
  }

  @Test
  void newerSoftwareTakesTheStateOfOlder() {
    var older = new StoreUnderTest();
    older.register("payments/i-1", 1);
    older.features = LaterVersion.FEATURES;
    older.reopen();
    assertThat(older.apply(new Command.RaiseFeatureLevel(3)))
        .isEqualTo(new Outcome.FeatureLevelRaised(1, 3));
  }

  @Test
  void levelsBeginWithOne() {
    assertThatThrownBy(() -> new Command.RaiseFeatureLevel(0)).isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> RowCodec.featureLevel(new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Outcome raise(int level) {
    return registry.apply(new Command.RaiseFeatureLevel(level));
  }

  private int level() {
    return registry.store.status().featureLevel();
  }
}
