package dev.rollcall.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.store.OrderedStore.Batch;
import dev.rollcall.store.OrderedStore.Operation;
import dev.rollcall.store.RandomRequests.Given;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.rocks.RocksOrderedStore;
import dev.rollcall.testkit.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The change log is read as it was written. */
class ChangeLogTest {
  private static final int ENTRIES = 200;

  @TempDir Path directory;

  @Test
  void holdsWhatWasAppliedFromAnyRevisionOn() {
    Seeds.each(
        20,
        random -> {
          var store = RegistryStore.open(new MemoryOrderedStore(), LaterVersion.FEATURES);
          var applied = applied(store, Given.entries(new RandomRequests(random).next(ENTRIES)));
          int first = (int) store.status().compactRevision();
          for (int from = first; from <= applied.size(); from++) {
            assertThat(read(store, from)).isEqualTo(applied.subList(from - 1, applied.size()));
          }
          for (long from = 0; from < first; from++) {
            assertCompacted(store, from);
          }
        });
  }

  @Test
  void isTheSameOverRocksdbAlsoAfterARestart() {
    var rows = directory.resolve("store");
    var entries = Given.entries(new RandomRequests(Seeds.generator(1)).next(ENTRIES));
    var store = RegistryStore.open(RocksOrderedStore.open(rows), LaterVersion.FEATURES);
    var applied = applied(store, entries);
    long first = store.status().compactRevision();
    var held = applied.subList((int) first - 1, applied.size());
    assertThat(read(store, first)).isEqualTo(held);
    assertThat(read(store, first + 2)).isEqualTo(held.subList(2, held.size()));
    assertCompacted(store, first - 1);
    store.close();

    store = RegistryStore.open(RocksOrderedStore.open(rows), LaterVersion.FEATURES);
    assertThat(read(store, first)).isEqualTo(held);
    assertCompacted(store, first - 1);
    store.close();
  }

  @Test
  void isReadUntilTheVisitorHasEnough() {
    var registry = new StoreUnderTest();
    registry.register("payments/i-1", 1);
    registry.register("payments/i-2", 1);
    registry.register("payments/i-3", 1);

    var revisions = new ArrayList<Long>();
    registry.store.changes(
        1,
        changes -> {
          revisions.add(changes.revision());
          return changes.revision() < 2;
        });
    assertThat(revisions).containsExactly(1L, 2L);
  }

  @Test
  void endsWhereItWasWhenItBeganToBeRead() {
    var registry = new StoreUnderTest();
    registry.register("payments/i-1", 1);

    var revisions = new ArrayList<Long>();
    registry.store.changes(
        1,
        changes -> {
          revisions.add(changes.revision());
          registry.register("payments/i-" + (revisions.size() + 1), 1);
          return true;
        });
    assertThat(revisions).containsExactly(1L);
    assertThat(read(registry.store, 2)).hasSize(1);
  }

  @Test
  void hasNothingOfWhatIsYetToCome() {
    var registry = new StoreUnderTest();
    assertThat(registry.store.status().compactRevision()).isEqualTo(1);
    assertThat(read(registry.store, 1)).isEmpty();
    registry.register("payments/i-1", 1);

    assertThat(read(registry.store, 2)).isEmpty();
    assertThat(read(registry.store, Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void saysWhatItDoesNotHold() {
    var registry = new StoreUnderTest();
    assertCompacted(registry.store, 0);
    registry.register("payments/i-1", 1);
    registry.register("payments/i-2", 1);
    registry.apply(new Command.CompactChanges(2));
    assertCompacted(registry.store, 1);
    assertThat(read(registry.store, 2)).hasSize(1);

    registry.apply(new Command.CompactChanges(99));
    assertThat(registry.store.status().compactRevision()).isEqualTo(3);
    assertCompacted(registry.store, 2);
    assertThat(read(registry.store, 3)).isEmpty();
  }

  @Test
  void isReadToItsEndThoughItIsCompactedMeanwhile() {
    var registry = new StoreUnderTest();
    registry.register("payments/i-1", 1);
    registry.register("payments/i-2", 1);
    var revisions = new ArrayList<Long>();
    registry.store.changes(
        1,
        changes -> {
          registry.apply(new Command.CompactChanges(99));
          return revisions.add(changes.revision());
        });
    assertThat(revisions).containsExactly(1L, 2L);
    assertCompacted(registry.store, 2);
  }

  @Test
  void neverSkipsAHole() {
    var registry = new StoreUnderTest();
    registry.register("payments/i-1", 1);
    registry.register("payments/i-2", 1);
    registry.register("payments/i-3", 1);
    for (long hole = 1; hole <= 3; hole++) {
      var rows = new MemoryOrderedStore();
      registry
          .rows
          .rows()
          .forEach(row ->
              rows.write(new Batch(List.of(new Operation.Put(row.getKey(), row.getValue())))));
      rows.write(new Batch(List.of(new Operation.Delete(RowKeys.change(hole)))));
      assertThatThrownBy(
              () -> {
                var reader = new ChangeLogReader(rows.pin(), 1);
                reader.forEach(changes -> true);
              })
          .isInstanceOf(Invariant.Violation.class)
          .hasMessage("revision %d is missing in the change log", hole);
    }
  }

  private static List<RevisionChanges> applied(RegistryStore store, List<LogEntry> entries) {
    return store.apply(entries).changes().stream()
        .map(changes ->
            new RevisionChanges(
                changes.revision(), changes.wallMillis(), changes.changes(), Map.of()))
        .toList();
  }

  private static void assertCompacted(RegistryStore store, long from) {
    assertThatThrownBy(() -> read(store, from))
        .isInstanceOfSatisfying(
            Compacted.class,
            compacted ->
                assertThat(compacted.compactRevision())
                    .isEqualTo(store.status().compactRevision()));
  }

  private static List<RevisionChanges> read(RegistryStore store, long from) {
    var read = new ArrayList<RevisionChanges>();
    store.changes(from, read::add);
    return read;
  }
}
