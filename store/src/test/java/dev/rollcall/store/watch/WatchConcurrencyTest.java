package dev.rollcall.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.Change;
import dev.rollcall.store.Command;
import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.Instances;
import dev.rollcall.store.LogEntry;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One thread applies; others begin watches, follow them and give them up, all at once. */
class WatchConcurrencyTest {
  private static final int READERS = 6;
  private static final int SERVICES = 3;
  private static final int REVISIONS = 15_000;

  /** Registered last, in every service: whoever has seen it has seen all. */
  private static final String LAST = "last";

  private final RegistryStore store = RegistryStore.open(new MemoryOrderedStore());

  @Test
  void everyCacheEndsEqualToTheStateWithoutGapOrRepeat() throws Exception {
    follow(new WatchHub(1_000_000, store), 1);
  }

  @Test
  void soItDoesWhenTheRingIsFarTooSmall() throws Exception {
    follow(new WatchHub(3, store), 1);
  }

  @Test
  void soItDoesWhenWatchesComeAndGo() throws Exception {
    follow(new WatchHub(50, store), 40);
  }

  @Test
  void everyChangeIsGivenOnceFromTheRingAndTheLog() throws Exception {
    var hub = new WatchHub(20, store);
    hub.onMarked(hub::wakeMarked);
    try (var threads = Executors.newCachedThreadPool()) {
      var readers = new ArrayList<Future<List<Long>>>();
      for (int i = 0; i < READERS; i++) {
        var scope =
            i % 2 == 0
                ? new WatchScope.Service(service(i % SERVICES))
                : WatchScope.Services.of("", "service-");
        long start = 1 + i * (long) REVISIONS / 10;
        Callable<List<Long>> reader = () -> changes(hub, scope, start);
        readers.add(threads.submit(reader));
      }
      publishAll(hub);
      for (int i = 0; i < READERS; i++) {
        var service = i % 2 == 0 ? service(i % SERVICES) : null;
        long start = 1 + i * (long) REVISIONS / 10;
        assertThat(readers.get(i).get(2, TimeUnit.MINUTES)).isEqualTo(logged(service, start));
      }
    }
  }

  /** What the log has of a service, or of all, from a revision on. */
  private List<Long> logged(@Nullable ServiceKey service, long start) {
    var revisions = new ArrayList<Long>();
    store.changes(
        start,
        revision -> {
          if (service == null
              || revision.changes().stream()
                  .anyMatch(change ->
                      change instanceof Change.OfService of && of.service().equals(service))) {
            revisions.add(revision.revision());
          }
          return true;
        });
    return revisions;
  }

  /** Reads from a revision on until the last instance of the last service is seen. */
  private static List<Long> changes(WatchHub hub, WatchScope scope, long start)
      throws InterruptedException {
    var revisions = new ArrayList<Long>();
    var wakeUps = new Semaphore(0);
    int lasts = scope instanceof WatchScope.Service ? 1 : SERVICES;
    try (var cursor = hub.watchChanges(scope, Filter.parse(""), false, start, wakeUps::release)) {
      while (lasts > 0) {
        switch (cursor.next()) {
          case ChangesEvent.Changed(ChangedRevision revision) -> {
            revisions.add(revision.revision());
            boolean isLast =
                revision.changes().getFirst().change() instanceof Change.Upserted upserted
                    && upserted.instance().id().equals(LAST);
            lasts -= isLast ? 1 : 0;
          }
          case ChangesEvent.NeedsLog needs -> cursor.readLog();
          case ChangesEvent.Idle idle ->
              assertThat(wakeUps.tryAcquire(1, TimeUnit.MINUTES)).as("woken").isTrue();
          case ChangesEvent.Lost lost -> throw new AssertionError("nothing is compacted");
        }
      }
    }
    return revisions;
  }

  private void follow(WatchHub hub, int eventsPerWatch) throws Exception {
    hub.onMarked(hub::wakeMarked);
    try (var threads = Executors.newCachedThreadPool()) {
      var readers = new ArrayList<Future<Cache>>();
      for (int i = 0; i < READERS; i++) {
        var key = service(i % SERVICES);
        int eventsMax = eventsPerWatch == 1 ? Integer.MAX_VALUE : eventsPerWatch + i;
        Callable<Cache> reader = () -> readToTheEnd(hub, key, eventsMax);
        readers.add(threads.submit(reader));
      }
      publishAll(hub);
      for (int i = 0; i < READERS; i++) {
        var cache = readers.get(i).get(2, TimeUnit.MINUTES);
        assertThat(List.copyOf(cache.instances.values()))
            .isEqualTo(store.service(service(i % SERVICES)).instances());
      }
      assertThat(hub.watches()).isZero();
    }
  }

  /** Opens watch after watch, each for some events, until the last instance is seen. */
  private static Cache readToTheEnd(WatchHub hub, ServiceKey key, int eventsMax)
      throws InterruptedException {
    var cache = new Cache();
    while (!cache.instances.containsKey(LAST)) {
      var wakeUps = new Semaphore(0);
      try (var cursor = hub.watchState(key, wakeUps::release)) {
        for (int events = 0; events < eventsMax; ) {
          var event = cursor.next();
          if (event instanceof StateEvent.Idle) {
            if (cache.instances.containsKey(LAST)) {
              break;
            }
            assertThat(wakeUps.tryAcquire(1, TimeUnit.MINUTES)).as("woken").isTrue();
            // Another may have come within the call before, for what that call then gave.
            assertThat(wakeUps.drainPermits())
                .as("woken once for each call")
                .isLessThanOrEqualTo(1);
          } else {
            cache.take(event, events == 0);
            events++;
          }
        }
      }
    }
    return cache;
  }

  private void publishAll(WatchHub hub) {
    var random = Seeds.generator(1);
    int applied = 0;
    while (applied < REVISIONS) {
      var entries = new ArrayList<LogEntry>();
      for (int i = random.nextInt(5); i >= 0; i--) {
        entries.add(entry(++applied, command(random, applied)));
      }
      hub.publish(store.apply(entries));
    }
    for (int i = 0; i < SERVICES; i++) {
      applied++;
      var last = Instances.instance(new InstanceKey(service(i), LAST), applied, 1);
      var command = new Command.Register(List.of(last), new Keeper.NewLease(5_000));
      hub.publish(store.apply(List.of(entry(applied, command))));
    }
  }

  private static LogEntry entry(long index, Command command) {
    return new LogEntry(index, 0, CommandCodec.encode(Request.of(command)));
  }

  private static Command command(RandomGenerator random, long incarnation) {
    var key = new InstanceKey(service(random.nextInt(SERVICES)), "i-" + random.nextInt(30));
    return random.nextInt(3) == 0
        ? new Command.Deregister(key, 0)
        : new Command.Register(
            List.of(Instances.instance(key, incarnation, 1)), new Keeper.NewLease(5_000));
  }

  private static ServiceKey service(int number) {
    return new ServiceKey("", "service-" + number);
  }

  /** What a client would hold; strict about what a watch promises. */
  private static final class Cache {
    final TreeMap<String, RegisteredInstance> instances = new TreeMap<>();
    private long revision = -1;

    void take(StateEvent event, boolean isFirst) {
      switch (event) {
        case StateEvent.Snapshot snapshot -> {
          assertThat(snapshot.reset()).isEqualTo(!isFirst);
          assertThat(snapshot.revision()).isGreaterThanOrEqualTo(revision);
          instances.clear();
          snapshot.instances().forEach(instance -> instances.put(instance.id(), instance));
          revision = snapshot.revision();
        }
        case StateEvent.Delta delta -> {
          assertThat(isFirst).isFalse();
          assertThat(delta.previousRevision()).isEqualTo(revision);
          assertThat(delta.revision()).isGreaterThan(revision);
          delta.shared().upserts().forEach(instance -> instances.put(instance.id(), instance));
          for (var removed : delta.shared().removes()) {
            var before = instances.remove(removed.previous().id());
            assertThat(before).isNotNull();
            assertThat(before).isEqualTo(removed.previous());
          }
          revision = delta.revision();
        }
        case StateEvent other -> throw new IllegalArgumentException("nothing to take");
      }
    }
  }
}
