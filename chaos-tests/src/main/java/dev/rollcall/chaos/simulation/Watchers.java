package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.check.WatchedScope;
import dev.rollcall.chaos.check.WatchedScope.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** Everybody who watches: one service or many, all of it or what fits, changes or state. */
final class Watchers {
  private static final String NAMESPACE = "simulation";
  private static final int NARROW = 3;

  private final List<SimWatcher> all = new ArrayList<>();

  /**
   * @param seed of the run: what they draw depends on it alone
   */
  Watchers(SimCluster cluster, long seed) {
    var random = new SplittableRandom(seed * 31 + 19);
    var scopes =
        List.of(
            new WatchedScope(NAMESPACE, "Service-0", Kind.SERVICE, OptionalInt.empty()),
            new WatchedScope(NAMESPACE, "service-1", Kind.SERVICE, OptionalInt.of(NARROW)),
            new WatchedScope(NAMESPACE, "service-", Kind.SERVICES, OptionalInt.empty()),
            new WatchedScope(NAMESPACE, "", Kind.SERVICES, OptionalInt.of(NARROW)),
            new WatchedScope(NAMESPACE, "fleet-", Kind.SERVICES, OptionalInt.empty()));
    int number = 0;
    for (var scope : scopes) {
      all.add(new ChangesWatcher(cluster, random.split(), number++, scope));
      all.add(new StateWatcher(cluster, random.split(), number++, scope));
    }
    var keys = new WatchedScope(NAMESPACE, "", Kind.KEYS, OptionalInt.empty());
    all.add(new ChangesWatcher(cluster, random.split(), number, keys));
  }

  void start() {
    all.forEach(SimWatcher::start);
  }

  /** They read what there is, without going from one node to another. */
  void rest() {
    all.forEach(SimWatcher::rest);
  }

  /** Whether all were told everything up to a revision. */
  boolean haveReached(long revision) {
    return all.stream().allMatch(watcher -> watcher.reached() >= revision);
  }
}
