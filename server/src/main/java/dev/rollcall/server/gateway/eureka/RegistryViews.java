package dev.rollcall.server.gateway.eureka;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.instance.ServiceKey;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes the views: when one is asked for and the registry has moved since the last, one at a time,
 * whoever else asks meanwhile gets the same. Whoever asks sees everything that this node had
 * applied by then. Any thread that may wait.
 */
final class RegistryViews {
  private static final int PAGE = 1_000;

  /**
   * After a view has been made nobody makes another for so many times as long, and not for 50 ms:
   * in a registry that never rests, views take a fifth of one processor and no more, and answers
   * are encoded 20 times a second and no more. Who asks meanwhile waits.
   */
  private static final int REST_TIMES = 4;

  private static final long REST_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long REST_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final RegistryStore store;
  private final Clock clock;
  private final WireEncoder encoder;
  private final ReentrantLock making = new ReentrantLock();
  private volatile @Nullable Seen seen;
  private long restUntilNanos; // guarded by making

  /** A view, and the revision that is in it at least. */
  private record Seen(long revision, RegistryView view) {}

  RegistryViews(RegistryStore store, Clock clock, WireEncoder encoder) {
    this.store = store;
    this.clock = clock;
    this.encoder = encoder;
    restUntilNanos = clock.nanoTime();
  }

  /** The registry now. */
  RegistryView current() {
    long wanted = store.status().revision();
    var latest = seen;
    if (latest != null && isFresh(latest, wanted)) {
      return latest.view();
    }
    making.lock();
    try {
      latest = seen;
      if (latest == null || !isFresh(latest, wanted)) {
        rest();
        long beganNanos = clock.nanoTime();
        latest = make(latest, beganNanos);
        seen = latest;
        long endedNanos = clock.nanoTime();
        restUntilNanos =
            endedNanos
                + Math.clamp(
                    REST_TIMES * (endedNanos - beganNanos), REST_NANOS_MIN, REST_NANOS_MAX);
      }
      return latest.view();
    } finally {
      making.unlock();
    }
  }

  private boolean isFresh(Seen latest, long wanted) {
    return latest.revision() >= wanted && !latest.view().delta().isStale(clock.nanoTime());
  }

  private void rest() {
    while (true) {
      long nanos = restUntilNanos - clock.nanoTime();
      if (nanos <= 0 || Thread.currentThread().isInterrupted()) {
        return;
      }
      LockSupport.parkNanos(nanos);
    }
  }

  private Seen make(@Nullable Seen before, long nowNanos) {
    // The revision first: what is read after it is at least as new as it says.
    long revision = store.status().revision();
    if (before == null) {
      // Who comes from another node may lack anything, and knows of instances that are gone by
      // counting.
      var apps = apps(new TreeMap<>());
      var delta = Delta.EMPTY.next(nowNanos, encoder);
      apps.values().forEach(app -> delta.added(app.name(), app.snapshot().instances()));
      return new Seen(revision, new RegistryView(apps, delta.make(), encoder));
    }
    var old = before.view().apps();
    var apps = apps(old);
    var delta = before.view().delta().next(nowNanos, encoder);
    boolean isSame = apps.size() == old.size() && !before.view().delta().isStale(nowNanos);
    for (var each : apps.entrySet()) {
      var was = old.get(each.getKey());
      if (each.getValue().equals(was)) {
        continue;
      }
      isSame = false;
      var app = each.getValue();
      if (was == null) {
        delta.added(app.name(), app.snapshot().instances());
      } else {
        delta.changed(app.name(), was.snapshot(), app.snapshot());
      }
    }
    for (var each : old.entrySet()) {
      if (!apps.containsKey(each.getKey())) {
        isSame = false;
        delta.deleted(each.getValue().name(), each.getValue().snapshot().instances());
      }
    }
    // What moved the revision may have been a key, or another namespace.
    return new Seen(
        revision, isSame ? before.view() : new RegistryView(apps, delta.make(), encoder));
  }

  /** The apps now; those that have not changed are the same objects as before. */
  private SortedMap<String, AppView> apps(SortedMap<String, AppView> before) {
    var apps = new TreeMap<String, AppView>();
    Optional<String> after = Optional.empty();
    while (true) {
      var page = store.services(ServiceKey.DEFAULT_NAMESPACE, "", after, PAGE);
      for (var summary : page) {
        String name = summary.service().foldedName();
        var was = before.get(name);
        if (was != null && was.snapshot().revision() == summary.revision()) {
          apps.put(name, was);
        } else {
          var snapshot = store.service(summary.service());
          if (snapshot.size() > 0) {
            apps.put(name, new AppView(snapshot, encoder));
          }
        }
      }
      if (page.size() < PAGE) {
        return apps;
      }
      after = Optional.of(page.getLast().service().foldedName());
    }
  }
}
