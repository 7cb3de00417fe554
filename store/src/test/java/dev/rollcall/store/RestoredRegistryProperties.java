package dev.rollcall.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.RandomRequests.Given;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.lease.Guard;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a registry that begins anew from a backup keeps, whatever it went through before. */
class RestoredRegistryProperties {
  private static final int SEEDS = 60;
  private static final int ENTRIES = 250;
  private static final int CHUNK_BYTES = 500;

  @Test
  void keepsWhatIsRegisteredAndGoesOnFarAhead() {
    Seeds.each(
        SEEDS,
        random -> {
          var before = RegistryStore.open(new MemoryOrderedStore(), LaterVersion.FEATURES);
          before.apply(Given.entries(new RandomRequests(random).next(ENTRIES)));

          var after = RegistryStore.open(restored(before), LaterVersion.FEATURES);

          assertThat(content(after)).isEqualTo(content(before));
          var status = after.status();
          assertThat(status.lastApplied()).isEqualTo(before.status().lastApplied());
          assertThat(status.revision())
              .isBetween(
                  before.status().revision() + RestoredRegistry.STEP,
                  before.status().revision() + 2 * RestoredRegistry.STEP);
          assertThat(status.revision() % RestoredRegistry.STEP).isZero();
          assertThat(status.compactRevision()).isEqualTo(status.revision() + 1);
          assertThat(status.sessions()).isZero();
          assertThat(status.featureLevel()).isEqualTo(before.status().featureLevel());
        });
  }

  @Test
  void goesOnAsOneWhetherOrNotItIsOpenedAgain() {
    Seeds.each(
        SEEDS,
        random -> {
          var requests = new RandomRequests(random);
          var before = RegistryStore.open(new MemoryOrderedStore(), LaterVersion.FEATURES);
          before.apply(Given.entries(requests.next(ENTRIES)));
          var calm = RegistryStore.open(restored(before), LaterVersion.FEATURES);
          var rows = restored(before);
          var store = RegistryStore.open(rows, LaterVersion.FEATURES);
          for (int i = 0; i < 10; i++) {
            var entries = Given.entries(requests.next(ENTRIES / 10));
            assertThat(store.apply(entries)).isEqualTo(calm.apply(entries));
            store.close();
            rows = rows.reopen();
            store = RegistryStore.open(rows, LaterVersion.FEATURES);
            assertThat(store.status()).isEqualTo(calm.status());
            assertThat(content(store)).isEqualTo(content(calm));
          }
        });
  }

  private static MemoryOrderedStore restored(RegistryStore store) {
    var rows = new MemoryOrderedStore();
    var restored = new RestoredRegistry(rows, LaterVersion.FEATURES);
    try (var snapshot = store.snapshot()) {
      byte[] position = {};
      boolean isLast = false;
      while (!isLast) {
        var chunk = snapshot.chunk(position, CHUNK_BYTES);
        restored.add(chunk.bytes());
        position = chunk.position();
        isLast = chunk.isLast();
      }
    }
    var contents = restored.finish();
    assertThat(contents.revision()).isEqualTo(store.status().revision());
    assertThat(contents.lastApplied()).isEqualTo(store.status().lastApplied());
    assertThat(contents.tables())
        .filteredOn(table -> table.name().equals("instances"))
        .allMatch(table -> table.rows() == store.status().instances());
    assertThat(contents.tables()).noneMatch(table -> table.name().equals("unknown"));
    return rows;
  }

  /** What is registered; all but the revisions of services, which begin anew. */
  private static List<Object> content(RegistryStore store) {
    var content = new ArrayList<Object>();
    for (String namespace : List.of("shop", "default")) {
      for (var summary : store.services(namespace, "", Optional.empty(), 100)) {
        var service = store.service(summary.service());
        service.instances().forEach(instance -> content.add(instance.message()));
        service.spec().ifPresent(content::add);
      }
      store.keys(namespace, "", Optional.empty(), 1_000).entries().forEach(content::add);
    }
    var leases = new TreeMap<Long, Lease>();
    store.leases().forEach(lease -> leases.put(lease.id(), lease));
    content.addAll(leases.values());
    var guards = new ArrayList<Guard>();
    store.guards().forEach(guards::add);
    content.addAll(guards);
    return content;
  }
}
