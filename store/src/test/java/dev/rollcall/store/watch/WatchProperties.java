package dev.rollcall.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.Command;
import dev.rollcall.store.LaterVersion;
import dev.rollcall.store.LogEntry;
import dev.rollcall.store.RandomRequests;
import dev.rollcall.store.RandomRequests.Given;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.testkit.Seeds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Watches of all kinds beside the true history: any commands, cursors that begin anywhere and read
 * at any time, a ring that holds little, a log that loses its beginning, states that are replaced.
 */
class WatchProperties {
  private static final int STEPS = 400;

  @Test
  void whatIsDeliveredIsTheTrueHistoryFiltered() {
    Seeds.each(30, random -> new Run(random).run());
  }

  /** Several clients that share a cursor, as those of one stream do. */
  private record StateGroup(StateCursor cursor, List<StateFollower> followers) {}

  private record ChangesGroup(ChangesCursor cursor, List<ChangesFollower> followers) {}

  private static final class Run {
    private final RandomGenerator random;
    private final RandomRequests requests;
    private final TrueHistory history = new TrueHistory();

    /** Has applied everything; the node under test follows it. */
    private final RegistryStore ahead = open();

    private final ArrayDeque<LogEntry> toApply = new ArrayDeque<>();
    private final RegistryStore store = open();
    private final WatchHub hub;
    private final List<StateGroup> states = new ArrayList<>();
    private final List<ChangesGroup> changes = new ArrayList<>();
    private final List<ChangesGroup> toRead = new ArrayList<>();
    private boolean isLinked = true;

    Run(RandomGenerator random) {
      this.random = random;
      requests = new RandomRequests(random);
      hub = new WatchHub(1 + random.nextInt(30), store);
      hub.onMarked(hub::wakeMarked);
    }

    private static RegistryStore open() {
      return RegistryStore.open(new MemoryOrderedStore(), LaterVersion.FEATURES);
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(20)) {
          case 0, 1, 2, 3, 4 -> apply();
          case 5 -> beginState();
          case 6 -> beginChanges();
          case 7 -> giveUp();
          case 8 -> {
            if (random.nextInt(5) == 0) {
              install();
            }
          }
          case 9, 10 -> readLog();
          case 11, 12 -> share();
          default -> follow();
        }
      }
      while (!toApply.isEmpty()) {
        apply();
      }
      states.forEach(group -> takeState(group, Integer.MAX_VALUE));
      while (!changes.isEmpty()) {
        takeChanges(changes.getFirst(), Integer.MAX_VALUE);
        if (!toRead.isEmpty()) {
          readLog();
        } else if (!changes.isEmpty()) {
          changes.removeFirst().cursor().close();
        }
      }
      states.forEach(group -> group.cursor().close());
      assertThat(hub.watches()).isZero();
    }

    private void apply() {
      for (Given given : requests.next(random.nextInt(8))) {
        var entry = given.entry();
        boolean isCompaction =
            given.request().map(r -> r.command() instanceof Command.CompactChanges).orElse(false);
        if (isCompaction && random.nextInt(4) != 0) {
          entry = new LogEntry(entry.index(), entry.wallMillis(), new byte[0]);
        }
        history.revisions.addAll(ahead.apply(List.of(entry)).changes());
        toApply.add(entry);
      }
      var now = new ArrayList<LogEntry>();
      for (int i = random.nextInt(20); i > 0 && !toApply.isEmpty(); i--) {
        now.add(toApply.remove());
      }
      var applied = store.apply(now);
      whileNotLinked();
      hub.publish(applied);
    }

    /** Readers see already what watchers are told next. */
    private void whileNotLinked() {
      isLinked = false;
      for (int i = random.nextInt(4); i > 0; i--) {
        switch (random.nextInt(6)) {
          case 0 -> beginState();
          case 1 -> beginChanges();
          case 2 -> readLog();
          case 3 -> share();
          default -> follow();
        }
      }
      isLinked = true;
    }

    private void install() {
      if (ahead.status().lastApplied() <= store.status().lastApplied()) {
        return;
      }
      var staged = store.stage(new byte[] {1});
      try (var reader = ahead.snapshot()) {
        byte[] from = new byte[0];
        staged.add(reader.chunk(from, 1 << 24).bytes());
      }
      staged.finish();
      store.install(staged);
      whileNotLinked();
      hub.reset();
      staged.close();
      toApply.clear();
    }

    private void beginState() {
      var scope = scope(6);
      boolean filtered = random.nextBoolean();
      var cursor = hub.watchState(scope, filter(filtered), () -> {});
      var followers = new ArrayList<StateFollower>();
      followers.add(new StateFollower(scope, filtered));
      states.add(new StateGroup(cursor, followers));
    }

    private void beginChanges() {
      var scope = scope(5);
      boolean filtered = random.nextBoolean();
      long start = Math.max(1, store.status().revision() + 5 - random.nextInt(40));
      var cursor = hub.watchChanges(scope, filter(filtered), false, start, () -> {});
      var followers = new ArrayList<ChangesFollower>();
      followers.add(new ChangesFollower(history, scope, filtered, start));
      changes.add(new ChangesGroup(cursor, followers));
    }

    private void giveUp() {
      if (random.nextInt(4) == 0 && !states.isEmpty()) {
        states.remove(random.nextInt(states.size())).cursor().close();
      }
    }

    private void follow() {
      int events = random.nextBoolean() ? 1 : 1 + random.nextInt(10);
      if (!states.isEmpty()) {
        takeState(states.get(random.nextInt(states.size())), events);
      }
      if (!changes.isEmpty()) {
        takeChanges(changes.get(random.nextInt(changes.size())), events);
      }
    }

    private void takeState(StateGroup group, int events) {
      for (int i = 0; i < events; i++) {
        var event = group.cursor().next();
        if (event instanceof StateEvent.Idle(long reached)) {
          assertThat(reached).isEqualTo(hub.published());
          if (isLinked) {
            assertThat(reached).isEqualTo(store.status().revision());
            group.followers().forEach(follower -> follower.isUpToDate(store));
          }
          return;
        }
        group.followers().forEach(follower -> follower.take(event));
      }
    }

    private void takeChanges(ChangesGroup group, int events) {
      if (toRead.contains(group)) {
        return;
      }
      for (int i = 0; i < events; i++) {
        switch (group.cursor().next()) {
          case ChangesEvent.Changed(ChangedRevision revision) ->
              group.followers().forEach(follower -> follower.take(revision));
          case ChangesEvent.Idle(long reached) -> {
            assertThat(reached).isEqualTo(hub.published());
            assertThat(isLinked && reached != store.status().revision()).isFalse();
            group.followers().forEach(follower -> follower.isUpTo(reached));
            return;
          }
          case ChangesEvent.NeedsLog needs -> {
            toRead.add(group);
            return;
          }
          case ChangesEvent.Lost(long compactRevision) -> {
            assertThat(compactRevision).isLessThanOrEqualTo(store.status().compactRevision());
            group.followers().forEach(follower -> follower.isLost(compactRevision));
            group.cursor().close();
            changes.remove(group);
            return;
          }
        }
      }
    }

    private void readLog() {
      if (!toRead.isEmpty()) {
        toRead.remove(random.nextInt(toRead.size())).cursor().readLog();
      }
    }

    /** Watches of a stream that stand at the same place go on together. */
    private void share() {
      for (var one : List.copyOf(states)) {
        for (var other : List.copyOf(states)) {
          if (!one.equals(other)
              && states.contains(one)
              && one.cursor().goesOnFor(other.cursor())) {
            one.followers().addAll(other.followers());
            other.cursor().close();
            states.remove(other);
          }
        }
      }
      for (var one : List.copyOf(changes)) {
        for (var other : List.copyOf(changes)) {
          if (!one.equals(other)
              && changes.contains(one)
              && one.cursor().goesOnFor(other.cursor())) {
            one.followers().addAll(other.followers());
            other.cursor().close();
            changes.remove(other);
          }
        }
      }
    }

    private WatchScope scope(int kinds) {
      String namespace = random.nextBoolean() ? "shop" : "default";
      var service = new ServiceKey(namespace, random.nextBoolean() ? "pay" : "stock");
      String prefix = List.of("", "s", "pa", "stock", "x").get(random.nextInt(5));
      String key = List.of("a", "b", "b/1").get(random.nextInt(3));
      return switch (random.nextInt(kinds)) {
        case 0 -> new WatchScope.Service(service);
        case 1 -> new WatchScope.Instance(new InstanceKey(service, "i-" + random.nextInt(4)));
        case 2 -> new WatchScope.Services(namespace, prefix);
        case 3 -> new WatchScope.Keys(namespace, random.nextBoolean() ? "" : key);
        case 4 -> new WatchScope.Key(namespace, key);
        default -> new WatchScope.ServiceNames(namespace, prefix);
      };
    }

    private static Filter filter(boolean filtered) {
      return Filter.parse(filtered ? TrueHistory.FILTER : "");
    }
  }
}
