package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.check.WatchedScope;
import dev.rollcall.chaos.simulation.Observation.StateShown;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.watch.SharedDelta;
import dev.rollcall.store.watch.StateCursor;
import dev.rollcall.store.watch.StateEvent;
import dev.rollcall.store.watch.WatchHub;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One who wants the present state of services, as a cache does. */
final class StateWatcher extends SimWatcher {
  private @Nullable StateCursor cursor;

  private @Nullable WatchHub through;

  /**
   * A service that lost all it had while a snapshot of many was read is not in it: up to here its
   * deltas may follow on more than is shown.
   */
  private long unsettledUntil;

  /** The services that the last snapshot named. */
  private final Set<ServiceKey> named = new HashSet<>();

  /** What it shows, by service. */
  private final Map<ServiceKey, Shown> shown = new TreeMap<>();

  /** Parts of a snapshot that is not whole yet. */
  private final List<StateEvent.Snapshot> parts = new ArrayList<>();

  /** Deltas of a revision of which there is more to come. */
  private final List<StateEvent.Delta> deltas = new ArrayList<>();

  /** Everything up to it is in what is shown. */
  private long reached;

  /**
   * The highest revision of anything that is shown: a part of a snapshot may be ahead of its end.
   */
  private long highest;

  /** A service at a revision. */
  private record Shown(long revision, Map<InstanceKey, RegisteredInstance> instances) {
    static final Shown NOTHING = new Shown(0, Map.of());
  }

  /**
   * @param scope of one service or of many
   */
  StateWatcher(SimCluster cluster, RandomGenerator random, int number, WatchedScope scope) {
    super(cluster, random, number, scope);
  }

  @Override
  long reached() {
    return reached;
  }

  @Override
  long minRevision() {
    return highest;
  }

  @Override
  void begin(WatchHub hub, Runnable wakeUp) {
    through = hub;
    cursor = hub.watchState(storeScope(), filter(), wakeUp);
  }

  @Override
  void end() {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
    parts.clear();
    deltas.clear();
  }

  @Override
  void readLog() {
    throw new IllegalStateException("a state needs no log");
  }

  @Override
  Taken take() {
    switch (Objects.requireNonNull(cursor).next()) {
      case StateEvent.Snapshot part -> {
        if (part.reset()) {
          hit(Mark.WATCH_STATE_RESET);
        }
        parts.add(part);
        if (part.isLast()) {
          replace(part.revision());
        }
      }
      case StateEvent.End(long revision, boolean reset) -> replace(revision);
      case StateEvent.Delta delta -> {
        deltas.add(delta);
        if (!delta.more()) {
          change();
        }
      }
      case StateEvent.Idle(long upTo) -> {
        reached = Math.max(reached, upTo);
        highest = Math.max(highest, upTo);
        return Taken.NOTHING;
      }
      case StateEvent.Names names -> throw new IllegalStateException("names were not asked for");
      case StateEvent.Keys keys -> throw new IllegalStateException("keys were not asked for");
    }
    return Taken.MESSAGE;
  }

  /** By a whole snapshot; services that are not in it have no instances at its revision. */
  private void replace(long revision) {
    var gone = new HashMap<>(shown);
    for (var part : parts) {
      var instances = new TreeMap<InstanceKey, RegisteredInstance>();
      part.wantedInstances().forEachRemaining(it -> instances.put(it.instance().key(), it));
      var service = part.service().key();
      long before = gone.getOrDefault(service, Shown.NOTHING).revision();
      // A node that has forgotten a service says 0 of it.
      show(service, new Shown(part.revision() == 0 ? before : part.revision(), instances));
      gone.remove(service);
    }
    unsettledUntil = Objects.requireNonNull(through).published();
    named.clear();
    parts.forEach(part -> named.add(part.service().key()));
    gone.keySet().forEach(shown::remove);
    parts.clear();
    reached = Math.max(reached, revision);
  }

  private void change() {
    for (var delta : deltas) {
      SharedDelta changes = delta.shared();
      var service =
          changes.service().orElseGet(() -> new ServiceKey(scope().namespace(), scope().name()));
      var before = shown.getOrDefault(service, Shown.NOTHING);
      var instances = new TreeMap<>(before.instances());
      changes.upserts().forEach(it -> instances.put(it.instance().key(), it));
      changes.removes().forEach(it -> instances.remove(it.previous().instance().key()));
      var next = new Shown(delta.revision(), instances);
      if (named.contains(service) || delta.revision() > unsettledUntil) {
        show(service, next);
      } else {
        shown.put(service, next);
      }
    }
    reached = Math.max(reached, deltas.getLast().revision());
    deltas.clear();
  }

  private void show(ServiceKey service, Shown next) {
    var before = shown.getOrDefault(service, Shown.NOTHING);
    see(
        new StateShown(
            number(), scope(), service, before.revision(), next.revision(), next.instances()));
    shown.put(service, next);
    highest = Math.max(highest, next.revision());
  }
}
