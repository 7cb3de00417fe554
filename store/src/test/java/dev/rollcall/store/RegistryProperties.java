package dev.rollcall.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.RandomRequests.Given;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.StatusOverride;
import dev.rollcall.store.kv.KeyPage;
import dev.rollcall.store.lease.Guard;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.testkit.Seeds;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What holds for every log. */
class RegistryProperties {
  private static final int SEEDS = 60;
  private static final int ENTRIES = 300;

  @Test
  void agreesWithTheNaiveRegistryOnEveryOutcomeAndState() {
    Seeds.each(
        SEEDS,
        random -> {
          var naive = new NaiveRegistry();
          var store = RegistryStore.open(new MemoryOrderedStore(), LaterVersion.FEATURES);
          for (var given : new RandomRequests(random).next(ENTRIES)) {
            var range = store.apply(List.of(given.entry()));
            var expected = naive.apply(given.entry().wallMillis(), given.request());
            assertThat(range.outcomes()).as("%s", given.request()).containsExactly(expected);
            assertSame(store, naive);
          }
        });
  }

  @Test
  void isTriedWithLogsInWhichEveryOutcomeHappens() {
    var seen = new TreeSet<String>();
    Seeds.each(
        40,
        random -> {
          var store = RegistryStore.open(new MemoryOrderedStore(), LaterVersion.FEATURES);
          store
              .apply(Given.entries(new RandomRequests(random).next(ENTRIES)))
              .outcomes()
              .forEach(outcome -> seen.add(outcome.getClass().getSimpleName()));
        });
    var all = new TreeSet<String>();
    for (var outcome : Outcome.class.getPermittedSubclasses()) {
      all.add(outcome.getSimpleName());
    }
    // It takes a thousand instances; RegisterTest has it.
    all.remove("LeaseFull");
    all.removeAll(List.of("LeaseKeysFull", "TooManyKeys")); // KeysTest has those
    assertThat(seen).isEqualTo(all);
  }

  @Test
  void doesNotDependOnHowTheLogIsCutIntoRanges() {
    Seeds.each(
        SEEDS,
        random -> {
          var entries = Given.entries(new RandomRequests(random).next(ENTRIES));
          var one = Result.of(entries, entries.size(), random);
          var each = Result.of(entries, 1, random);
          var some = Result.of(entries, 20, random);
          assertThat(each).isEqualTo(one);
          assertThat(some).isEqualTo(one);
        });
  }

  @Test
  void isTheSameAgainWhenTheLogIsAppliedAfterACrash() {
    Seeds.each(
        SEEDS,
        random -> {
          var entries = Given.entries(new RandomRequests(random).next(ENTRIES));
          var calm = new MemoryOrderedStore();
          var undisturbed = RegistryStore.open(calm, LaterVersion.FEATURES);
          undisturbed.apply(entries);

          var rows = new MemoryOrderedStore();
          var store = RegistryStore.open(rows, LaterVersion.FEATURES);
          while (store.status().lastApplied() < ENTRIES) {
            apply(store, entries, random);
            if (random.nextInt(4) == 0) {
              store.flush();
            }
            if (random.nextInt(6) == 0) {
              long flushed = store.flushedIndex();
              rows = random.nextBoolean() ? rows.crash() : rows.crash(random);
              store = RegistryStore.open(rows, LaterVersion.FEATURES);
              assertThat(store.status().lastApplied()).isGreaterThanOrEqualTo(flushed);
            }
          }
          assertThat(store.status()).isEqualTo(undisturbed.status());
          assertThat(hex(rows)).isEqualTo(hex(calm));
        });
  }

  @Test
  void isTheSameWhenItIsOpenedAgain() {
    Seeds.each(
        SEEDS,
        random -> {
          var requests = new RandomRequests(random);
          var calm = RegistryStore.open(new MemoryOrderedStore(), LaterVersion.FEATURES);
          var rows = new MemoryOrderedStore();
          var store = RegistryStore.open(rows, LaterVersion.FEATURES);
          for (int i = 0; i < 20; i++) {
            var entries = Given.entries(requests.next(ENTRIES / 20));
            assertThat(store.apply(entries)).isEqualTo(calm.apply(entries));
            store.close();
            rows = rows.reopen();
            store = RegistryStore.open(rows, LaterVersion.FEATURES);
            assertThat(store.status()).isEqualTo(calm.status());
            assertSameReads(store, calm);
          }
        });
  }

  @Test
  void linksTheRevisionsOfEachServiceWithoutGap() {
    Seeds.each(
        SEEDS,
        random -> {
          var naive = new NaiveRegistry();
          var store = RegistryStore.open(new MemoryOrderedStore(), LaterVersion.FEATURES);
          var last = new TreeMap<ServiceKey, Long>();
          long revision = 0;
          for (var given : new RandomRequests(random).next(ENTRIES)) {
            naive.apply(given.entry().wallMillis(), given.request());
            for (var changes : store.apply(List.of(given.entry())).changes()) {
              assertThat(changes.revision()).isEqualTo(++revision);
              assertThat(changes.previousRevisions().keySet()).isEqualTo(services(changes));
              for (var service : services(changes)) {
                assertThat(changes.previousRevisions().get(service))
                    .isEqualTo(last.getOrDefault(service, 0L));
                last.put(service, revision);
              }
            }
            // Of a service that is forgotten the next change is the first.
            last.keySet().retainAll(naive.serviceRevisions.keySet());
          }
          last.forEach((key, r) -> assertThat(store.service(key).revision()).isEqualTo(r));
        });
  }

  private static Set<ServiceKey> services(RevisionChanges changes) {
    var services = new TreeSet<ServiceKey>();
    for (var change : changes.changes()) {
      if (change instanceof Change.OfService ofService) {
        services.add(ofService.service());
      }
    }
    return services;
  }

  private static void apply(RegistryStore store, List<LogEntry> entries, RandomGenerator random) {
    int from = (int) store.status().lastApplied();
    int to = Math.min(entries.size(), from + 1 + random.nextInt(20));
    store.apply(entries.subList(from, to));
  }

  private static void assertSame(RegistryStore store, NaiveRegistry naive) {
    assertThat(store.status().revision()).isEqualTo(naive.revision);
    assertThat(store.status().instances()).isEqualTo(naive.live.size());
    assertThat(store.status().leases()).isEqualTo(naive.leaseTtls.size());
    assertThat(store.status().sessions()).isEqualTo(naive.sessions());
    assertThat(store.status().featureLevel()).isEqualTo(naive.featureLevel);
    assertThat(store.status().compactRevision()).isEqualTo(naive.compactRevision);
    for (var service : services()) {
      var expected =
          naive.live.values().stream()
              .filter(i -> i.instance().key().service().equals(service))
              .toList();
      assertThat(store.service(service).instances()).isEqualTo(expected);
      assertThat(store.service(service).revision())
          .isEqualTo(naive.serviceRevisions.getOrDefault(service, 0L));
      assertThat(store.service(service).spec())
          .isEqualTo(Optional.ofNullable(naive.specs.get(service)));
      for (var instance : expected) {
        assertThat(store.instance(instance.instance().key())).contains(instance);
      }
    }
    for (String namespace : List.of("default", "shop")) {
      var overrides = new TreeMap<InstanceKey, StatusOverride>();
      var first = new InstanceKey(new ServiceKey(namespace, "-"), " ");
      store.overrides(first, 100).forEach(each -> overrides.put(each.getKey(), each.getValue()));
      var expected = new TreeMap<>(naive.overrides);
      expected.keySet().removeIf(key -> !key.service().namespace().equals(namespace));
      assertThat(overrides).isEqualTo(expected);
    }
    for (String namespace : List.of("default", "shop")) {
      assertThat(store.keys(namespace, "", Optional.empty(), 100))
          .isEqualTo(new KeyPage(naive.revision, naive.keys.of(namespace, ""), false));
      for (var entry : naive.keys.of(namespace, "")) {
        assertThat(store.key(namespace, entry.key())).contains(entry);
      }
    }
    var leases = new TreeMap<Long, List<InstanceKey>>();
    store.leases().forEach(lease -> leases.put(lease.id(), lease.instances()));
    assertThat(leases).isEqualTo(naive.carriedByLease());
    store
        .leases()
        .forEach(lease -> {
          assertThat(lease.ttlMillis()).isEqualTo(naive.leaseTtls.get(lease.id()));
          assertThat(store.leases().hasKeys(lease.id())).isEqualTo(naive.keys.carries(lease.id()));
          assertThat(lease.isSuspect()).isEqualTo(naive.suspects().contains(lease.id()));
        });
    var guards = new TreeMap<String, Guard>();
    store.guards().forEach(guard -> guards.put(guard.foldedNamespace(), guard));
    assertThat(guards).isEqualTo(naive.guards);
    assertThat(store.guardView().suspects()).isEqualTo(naive.suspects().size());
    naive.guards.forEach((namespace, guard) ->
        assertThat(store.guardView().isEngaged(namespace)).isEqualTo(guard.isEngaged()));
  }

  private static void assertSameReads(RegistryStore store, RegistryStore expected) {
    for (var service : services()) {
      assertThat(store.service(service).instances())
          .isEqualTo(expected.service(service).instances());
      assertThat(store.service(service).revision()).isEqualTo(expected.service(service).revision());
      assertThat(store.service(service).spec()).isEqualTo(expected.service(service).spec());
      assertThat(store.service(service).messages())
          .extracting(RegisteredInstanceFields::of)
          .isEqualTo(
              expected.service(service).instances().stream()
                  .map(RegisteredInstanceFields::of)
                  .toList());
    }
    for (String namespace : List.of("shop", "default")) {
      var page = store.services(namespace, "", Optional.empty(), 10);
      assertThat(page).isEqualTo(expected.services(namespace, "", Optional.empty(), 10));
      assertThat(page.toString())
          .as("spelled alike")
          .isEqualTo(expected.services(namespace, "", Optional.empty(), 10).toString());
    }
    for (String namespace : List.of("shop", "default")) {
      assertThat(store.keys(namespace, "", Optional.empty(), 100))
          .isEqualTo(expected.keys(namespace, "", Optional.empty(), 100));
    }
    assertThat(leases(store)).isEqualTo(leases(expected));
    for (Lease lease : leases(store)) {
      assertThat(store.leases().keyClaim(lease.id()))
          .isEqualTo(expected.leases().keyClaim(lease.id()));
    }
    assertThat(store.guardView()).isEqualTo(expected.guardView());
  }

  private static List<Lease> leases(RegistryStore store) {
    var leases = new ArrayList<Lease>();
    store.leases().forEach(leases::add);
    return leases;
  }

  private static List<ServiceKey> services() {
    return List.of(
        new ServiceKey("shop", "pay"),
        new ServiceKey("shop", "stock"),
        new ServiceKey("default", "pay"),
        new ServiceKey("default", "stock"));
  }

  private static List<String> hex(MemoryOrderedStore rows) {
    var format = HexFormat.of();
    return rows.rows().stream()
        .map(row -> format.formatHex(row.getKey()) + "=" + format.formatHex(row.getValue()))
        .toList();
  }

  /** What must not depend on the cutting. */
  private record Result(
      StoreStatus status,
      List<Outcome> outcomes,
      List<RevisionChanges> changes,
      List<String> rows) {
    static Result of(List<LogEntry> entries, int rangeMax, RandomGenerator random) {
      var rows = new MemoryOrderedStore();
      var store = RegistryStore.open(rows, LaterVersion.FEATURES);
      var outcomes = new ArrayList<Outcome>();
      var changes = new ArrayList<RevisionChanges>();
      for (int from = 0; from < entries.size(); ) {
        int to = rangeMax == entries.size() ? rangeMax : from + 1 + random.nextInt(rangeMax);
        var range = store.apply(entries.subList(from, Math.min(to, entries.size())));
        outcomes.addAll(range.outcomes());
        changes.addAll(range.changes());
        from = to;
      }
      return new Result(store.status(), outcomes, changes, hex(rows));
    }
  }

  /** What a message and an instance have in common. */
  private record RegisteredInstanceFields(String id, long leaseId, long created, long modified) {
    static RegisteredInstanceFields of(dev.rollcall.v1.Instance message) {
      return new RegisteredInstanceFields(
          message.getInstanceId(),
          message.getLeaseId(),
          message.getCreateRevision(),
          message.getModRevision());
    }

    static RegisteredInstanceFields of(RegisteredInstance instance) {
      return new RegisteredInstanceFields(
          instance.id(), instance.leaseId(), instance.createRevision(), instance.modRevision());
    }
  }
}
