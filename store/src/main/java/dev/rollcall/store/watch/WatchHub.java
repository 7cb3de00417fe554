package dev.rollcall.store.watch;

import dev.rollcall.store.Change;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.RevisionChanges;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSnapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Hands changes to those who watch. {@link #publish} and {@link #reset} belong to the apply thread;
 * everything else is open to all threads. Only changes of services that are watched are kept.
 */
public final class WatchHub {
  private final int ringChangesMax;
  private final Function<ServiceKey, ServiceSnapshot> snapshots;

  // Held to find, add and drop topics and cursors; never while anybody is woken. It also makes the
  // state
  // and the cursor of a watch one step: a change is published either before the watch is in here,
  // and
  // then its snapshot has it, or after, and then it is linked where the cursor will come by.
  private final Object lock = new Object();

  /**
   * Services that have a cursor, in the order in which they came, so that waking them repeats in a
   * simulation. Guarded by the lock.
   */
  private final Map<ServiceKey, Topic> topics = new LinkedHashMap<>();

  /** Cursors of all topics. Guarded by the lock. */
  private int cursors;

  // The ring, the oldest link first. Apply thread.
  private final ArrayDeque<Topic.Link> ring = new ArrayDeque<>();
  private int ringChanges;

  /**
   * A hub over a store.
   *
   * @param ringChangesMax how many changes are kept for watchers that are behind, over all
   *     services. Trade: memory against fresh snapshots for slow watchers. A revision of more
   *     changes than this reaches all watchers as a snapshot
   */
  public WatchHub(int ringChangesMax, RegistryStore store) {
    this(ringChangesMax, store::service);
  }

  WatchHub(int ringChangesMax, Function<ServiceKey, ServiceSnapshot> snapshots) {
    if (ringChangesMax < 1) {
      throw new IllegalArgumentException("the ring must hold a change: " + ringChangesMax);
    }
    this.ringChangesMax = ringChangesMax;
    this.snapshots = snapshots;
  }

  /**
   * Begins a watch of a service's state. Its first event is a snapshot; that and the deltas after
   * it have neither gap nor overlap, whatever is applied meanwhile.
   *
   * @param wakeUp see {@link StateCursor}
   */
  public StateCursor watchState(ServiceKey key, Runnable wakeUp) {
    synchronized (lock) {
      var topic = topics.computeIfAbsent(key, Topic::new);
      var cursor = new StateCursor(this, topic, snapshots, wakeUp);
      topic.add(cursor);
      cursors++;
      return cursor;
    }
  }

  /** How many watches there are. */
  public int watches() {
    synchronized (lock) {
      return cursors;
    }
  }

  /**
   * Links what was applied, after the store has shown it to readers, and wakes who waits for it.
   */
  public void publish(List<RevisionChanges> applied) {
    var toWake = new ArrayList<StateCursor[]>();
    synchronized (lock) {
      var touched = new LinkedHashSet<Topic>();
      applied.forEach(revision -> link(revision, touched));
      touched.forEach(topic -> toWake.add(topic.cursors()));
    }
    trim();
    wake(toWake);
  }

  /**
   * A snapshot has taken the place of what was applied, after the store has shown it to readers:
   * the changes in between are not known, so every watch goes on with a snapshot that says so.
   * Apply thread.
   */
  public void reset() {
    var toWake = new ArrayList<StateCursor[]>();
    synchronized (lock) {
      for (var topic : topics.values()) {
        topic.appendReset();
        toWake.add(topic.cursors());
      }
    }
    ring.forEach(Topic.Link::cutOff);
    ring.clear();
    ringChanges = 0;
    wake(toWake);
  }

  void end(Topic topic, StateCursor cursor) {
    synchronized (lock) {
      if (topic.remove(cursor)) {
        cursors--;
        if (topic.isEmpty()) {
          topics.remove(topic.service);
        }
      }
    }
  }

  private void link(RevisionChanges applied, Set<Topic> touched) {
    var byTopic = new LinkedHashMap<Topic, List<Change>>();
    for (var change : applied.changes()) {
      if (change instanceof Change.OfService ofService) {
        var topic = topics.get(ofService.service());
        if (topic != null) {
          byTopic.computeIfAbsent(topic, t -> new ArrayList<>(1)).add(change);
        }
      }
    }
    byTopic.forEach((topic, changes) -> {
      long previous = applied.previousRevisions().getOrDefault(topic.service, 0L);
      ring.add(topic.append(delta(previous, applied.revision(), changes)));
      ringChanges += changes.size();
      touched.add(topic);
    });
  }

  private static void wake(List<StateCursor[]> topics) {
    for (var cursors : topics) {
      for (var cursor : cursors) {
        cursor.wake();
      }
    }
  }

  private void trim() {
    while (ringChanges > ringChangesMax) {
      var oldest = ring.remove();
      ringChanges -= oldest.changes();
      oldest.cutOff();
    }
  }

  private static StateEvent.Delta delta(
      long previousRevision, long revision, List<Change> changes) {
    var upserts = new ArrayList<RegisteredInstance>(changes.size());
    var removes = new ArrayList<Change.Removed>(0);
    Optional<Change> spec = Optional.empty();
    for (var change : changes) {
      switch (change) {
        case Change.Upserted(var instance, var previous) -> upserts.add(instance);
        case Change.Removed removed -> removes.add(removed);
        case Change.SpecPut put -> spec = Optional.of(put);
        case Change.SpecRemoved removed -> spec = Optional.of(removed);
        case Change.OfKey ofKey -> {}
      }
    }
    return new StateEvent.Delta(previousRevision, revision, upserts, removes, spec);
  }
}
