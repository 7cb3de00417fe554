package dev.rollcall.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.store.RandomRequests.Given;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.rocks.RocksOrderedStore;
import dev.rollcall.store.snapshot.DamagedSnapshot;
import dev.rollcall.testkit.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry takes over the state of another. */
class InstallTest {
  private static final byte[] ORIGIN = "behind entry 80".getBytes(US_ASCII);

  @TempDir Path directory;

  @Test
  void goesOnAsIfItHadAppliedEverything() {
    Seeds.each(
        20,
        random -> {
          var requests = new RandomRequests(random);
          var first = Given.entries(requests.next(20));
          var second = Given.entries(requests.next(60));
          var third = Given.entries(requests.next(60));
          var source = registry(new MemoryOrderedStore(), first, second);
          var rows = new MemoryOrderedStore();
          var target = registry(rows, first);
          install(source, target, 200);
          assertSame(source, target);
          assertThat(target.origin()).hasValue(ORIGIN);

          var expected = source.apply(third);
          assertThat(target.apply(third)).isEqualTo(expected);
          assertSame(source, target);
          // And again after a restart.
          target.flush();
          var reopened = RegistryStore.open(survivor(target, rows), LaterVersion.FEATURES);
          assertSame(source, reopened);
          assertThat(reopened.origin()).hasValue(ORIGIN);
        });
  }

  @Test
  void installsOverRocksdbAndFindsItAgain() {
    var requests = new RandomRequests(Seeds.generator(1));
    var first = Given.entries(requests.next(20));
    var second = Given.entries(requests.next(60));
    var third = Given.entries(requests.next(60));
    var source = registry(RocksOrderedStore.open(directory.resolve("source")), first, second);
    var target = registry(RocksOrderedStore.open(directory.resolve("target")), first);
    install(source, target, 500);
    assertSame(source, target);
    source.apply(third);
    target.apply(third);
    assertThat(target.flushedIndex()).isEqualTo(80);
    target.close();
    var reopened =
        RegistryStore.open(
            RocksOrderedStore.open(directory.resolve("target")), LaterVersion.FEATURES);
    assertSame(source, reopened);
    assertThat(directory.resolve("target")).doesNotExist();
    source.close();
    reopened.close();
  }

  @Test
  void aSnapshotOfAnInstalledRegistryIsThatOfTheRegistryItCameFrom() {
    var requests = new RandomRequests(Seeds.generator(2));
    var entries = Given.entries(requests.next(80));
    var source = registry(new MemoryOrderedStore(), entries);
    var target = RegistryStore.open(new MemoryOrderedStore(), LaterVersion.FEATURES);
    install(source, target, 300);

    // Where it came from stays here.
    assertThat(stream(target, 300)).isEqualTo(stream(source, 300));
  }

  @Test
  void aSnapshotBeingReadOutlivesTheStoreItIsOf() {
    var requests = new RandomRequests(Seeds.generator(3));
    var first = Given.entries(requests.next(20));
    var second = Given.entries(requests.next(60));
    var source = registry(new MemoryOrderedStore(), first, second);
    var rows = new MemoryOrderedStore();
    var target = registry(rows, first);
    var reading = target.snapshot();
    var begun = reading.chunk(new byte[0], 1);
    install(source, target, 200);

    assertThat(reading.chunk(begun.position(), 1).bytes()).isNotEmpty();
    reading.close();
    assertThatThrownBy(rows::flush).isInstanceOf(IllegalStateException.class);
    target.flush();
    assertThat(target.flushedIndex()).isEqualTo(80);
  }

  @Test
  void refusesWhatIsNotWholeOrNotAhead() {
    var requests = new RandomRequests(Seeds.generator(4));
    var source = registry(new MemoryOrderedStore(), Given.entries(requests.next(80)));
    var target = RegistryStore.open(new MemoryOrderedStore(), LaterVersion.FEATURES);
    var chunks = chunks(source, 300);
    try (var staged = target.stage(ORIGIN)) {
      chunks.subList(0, chunks.size() - 1).forEach(staged::add);
      assertThatThrownBy(staged::finish).isInstanceOf(DamagedSnapshot.class);
    }
    assertThat(target.status().lastApplied()).isZero();
    install(source, target, 300);
    assertThatThrownBy(() -> install(source, target, 300)).isInstanceOf(Invariant.Violation.class);
    assertSame(source, target);
  }

  /** At each of the operations that the disk sees: the one state or the other, and it goes on. */
  @Test
  void aCrashAtAnyOperationOfTheDiskLeavesTheOldStateOrTheNewAndNeverAMix() {
    var found = new HashSet<Long>();
    Seeds.each(
        2,
        random -> {
          var requests = new RandomRequests(random);
          var first = Given.entries(requests.next(20));
          var second = Given.entries(requests.next(60));
          var third = Given.entries(requests.next(30));
          long operations = 0;
          while (crashes(List.of(first, second, third), operations, found)) {
            operations++;
          }
          assertThat(operations).isGreaterThan(10);
        });
    assertThat(found).isEqualTo(Set.of(20L, 80L, 110L));
  }

  /** Whether it crashed so early. */
  private static boolean crashes(List<List<LogEntry>> parts, long operations, Set<Long> found) {
    boolean crashed = false;
    for (long seed = 0; seed < 3; seed++) {
      var source = registry(new MemoryOrderedStore(), parts.get(0), parts.get(1));
      var rows = new MemoryOrderedStore();
      var target = registry(rows, parts.get(0));
      target.flush();
      rows.failAfter(operations);
      crashed = false;
      try {
        install(source, target, 1_000);
        target.apply(parts.get(2));
        target.flush();
      } catch (OrderedStore.StorageFailure e) {
        crashed = true;
      }
      var reopened = RegistryStore.open(rows.crash(Seeds.generator(seed)), LaterVersion.FEATURES);
      long lastApplied = reopened.status().lastApplied();
      found.add(lastApplied);
      var all = new ArrayList<LogEntry>();
      parts.forEach(all::addAll);
      var expected =
          registry(new MemoryOrderedStore(), all.subList(0, Math.toIntExact(lastApplied)));
      assertSame(expected, reopened);
      assertThat(reopened.origin().isPresent()).isEqualTo(lastApplied > 20);
      var rest = all.subList(Math.toIntExact(lastApplied), all.size());
      expected.apply(rest);
      reopened.apply(rest);
      assertSame(expected, reopened);
    }
    return crashed;
  }

  @SafeVarargs
  private static RegistryStore registry(OrderedStore rows, List<LogEntry>... ranges) {
    var store = RegistryStore.open(rows, LaterVersion.FEATURES);
    for (var range : ranges) {
      store.apply(range);
    }
    return store;
  }

  private static void install(RegistryStore source, RegistryStore target, int bytesMax) {
    var staged = target.stage(ORIGIN);
    try {
      chunks(source, bytesMax).forEach(staged::add);
      staged.finish();
      target.install(staged);
    } finally {
      staged.close();
    }
  }

  private static List<byte[]> chunks(RegistryStore source, int bytesMax) {
    var chunks = new ArrayList<byte[]>();
    try (var reader = source.snapshot()) {
      byte[] position = {};
      boolean isLast = false;
      while (!isLast) {
        var chunk = reader.chunk(position, bytesMax);
        chunks.add(chunk.bytes());
        position = chunk.position();
        isLast = chunk.isLast();
      }
    }
    return chunks;
  }

  private static List<String> stream(RegistryStore store, int bytesMax) {
    return chunks(store, bytesMax).stream().map(HexFormat.of()::formatHex).toList();
  }

  private static OrderedStore survivor(RegistryStore store, MemoryOrderedStore rows) {
    store.close();
    return rows.reopen();
  }

  /** In every row, and so in everything that is rebuilt from them; and in what readers see. */
  private static void assertSame(RegistryStore expected, RegistryStore actual) {
    assertThat(actual.status()).isEqualTo(expected.status());
    assertThat(stream(actual, 1 << 20)).isEqualTo(stream(expected, 1 << 20));
    var namespaces = List.of("default", "");
    for (var namespace : namespaces) {
      var services = expected.services(namespace, "", Optional.empty(), 1_000);
      assertThat(actual.services(namespace, "", Optional.empty(), 1_000)).isEqualTo(services);
      for (var service : services) {
        assertThat(actual.service(service.service()).instances())
            .isEqualTo(expected.service(service.service()).instances());
        assertThat(actual.service(service.service()).revision())
            .isEqualTo(expected.service(service.service()).revision());
      }
    }
    var leases = new ArrayList<>();
    expected.leases().forEach(leases::add);
    var actualLeases = new ArrayList<>();
    actual.leases().forEach(actualLeases::add);
    assertThat(actualLeases).isEqualTo(leases);
  }
}
