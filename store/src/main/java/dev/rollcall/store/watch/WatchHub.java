package dev.rollcall.store.watch;

import dev.rollcall.store.AppliedRange;
import dev.rollcall.store.Change;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.RevisionChanges;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.ServiceKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Hands changes to those who watch. {@link #publish} and {@link #reset} belong to the apply thread;
 * everything else is open to all threads. Only changes of what is watched are kept.
 *
 * <p>The apply thread links a change once for each topic, whatever the number of watchers, and
 * marks the topic; {@link #wakeMarked}, on another thread, wakes those who wait.
 */
public final class WatchHub {
  private final int ringChangesMax;
  private final RegistryStore store;

  // Held to find, add and drop topics and waiters, and to link; never while anybody is woken. It
  // makes the first place of a chain and what was published before it one step.
  private final Object lock = new Object();

  /** Guarded by the lock. */
  private final Topics topics = new Topics();

  /** Those with something new, once each. Guarded by the lock. */
  private final ArrayList<Topic> marked = new ArrayList<>();

  /** Waiters of all topics. Guarded by the lock. */
  private int watches;

  // The ring, the oldest link first. Apply thread.
  private final ArrayDeque<Ringed> ring = new ArrayDeque<>();
  private int ringChanges;

  /** All of what is watched up to it is linked. */
  private volatile long published;

  private volatile Runnable onMarked = () -> {};

  /** A link, and whose it is. */
  private record Ringed(Topic topic, Link link) {}

  /**
   * A hub over a store.
   *
   * @param ringChangesMax how many changes are kept for watchers that are behind, over all topics.
   *     Trade: memory against fresh snapshots, and reads of the change log, for slow watchers. A
   *     revision of more changes than this reaches all watchers that way
   */
  public WatchHub(int ringChangesMax, RegistryStore store) {
    if (ringChangesMax < 1) {
      throw new IllegalArgumentException("the ring must hold a change: " + ringChangesMax);
    }
    this.ringChangesMax = ringChangesMax;
    this.store = store;
    published = store.status().revision();
  }

  /**
   * Who is told, on the apply thread, that {@link #wakeMarked} is due; must only pass the word on.
   */
  public void onMarked(Runnable passTheWordOn) {
    onMarked = passTheWordOn;
  }

  /**
   * Begins a watch of a state. Its first event is a snapshot; that and the deltas after it have
   * neither gap nor overlap, whatever is applied meanwhile.
   *
   * @param filter the instances wanted
   * @param wakeUp see {@link StateCursor}
   */
  public StateCursor watchState(WatchScope scope, Filter filter, Runnable wakeUp) {
    var waiter = new Waiter(wakeUp);
    return new StateCursor(this, open(scope, waiter), filter, waiter);
  }

  /** As the other one, of all instances of one service. */
  public StateCursor watchState(ServiceKey service, Runnable wakeUp) {
    return watchState(new WatchScope.Service(service), Filter.parse(""), wakeUp);
  }

  /**
   * Begins a watch of changes. It gives every revision from the first one on, whole and once,
   * whatever is applied or installed meanwhile, or says that the log does not go back so far.
   *
   * @param scope anything but names, which have no changes of their own
   * @param filter of instances, the changes of which are wanted
   * @param previousValues whether what was there before is encoded too
   * @param startRevision the first one; may be one that is not there yet
   * @param wakeUp see {@link ChangesCursor}
   */
  public ChangesCursor watchChanges(
      WatchScope scope,
      Filter filter,
      boolean previousValues,
      long startRevision,
      Runnable wakeUp) {
    if (scope instanceof WatchScope.ServiceNames || startRevision < 1) {
      throw new IllegalArgumentException(
          "no watch of changes: %s from %d".formatted(scope, startRevision));
    }
    var waiter = new Waiter(wakeUp);
    var view = new ChangedRevision.View(filter, previousValues);
    return new ChangesCursor(this, open(scope, waiter), view, startRevision, waiter);
  }

  /** How many watches there are. */
  public int watches() {
    synchronized (lock) {
      return watches;
    }
  }

  /** Links what was applied, after the store has shown it to readers, and marks who has more. */
  public void publish(AppliedRange applied) {
    if (applied.changes().isEmpty()) {
      return;
    }
    long revision = applied.changes().getLast().revision();
    boolean isMarked;
    synchronized (lock) {
      if (!topics.isEmpty()) {
        applied.changes().forEach(this::link);
        linkNames(revision, applied);
      }
      trim();
      published = revision;
      isMarked = !marked.isEmpty();
    }
    if (isMarked) {
      onMarked.run();
    }
  }

  /**
   * A snapshot has taken the place of what was applied, after the store has shown it to readers:
   * the changes in between are not known here, so every watch of a state goes on with a snapshot
   * that says so, and every watch of changes with the change log. Apply thread.
   */
  public void reset() {
    long revision = store.status().revision();
    synchronized (lock) {
      for (var topic : topics.all()) {
        topic.appendGap(revision);
        mark(topic);
      }
      ring.forEach(ringed -> ringed.link().cutOff());
      ring.clear();
      ringChanges = 0;
      published = revision;
    }
    onMarked.run();
  }

  /** Wakes those who wait for what was marked since the last call. One thread at a time. */
  public void wakeMarked() {
    var waiters = new ArrayList<Waiter[]>();
    synchronized (lock) {
      for (var topic : marked) {
        topic.isMarked = false;
        waiters.add(topic.waiters());
      }
      marked.clear();
    }
    for (var ofTopic : waiters) {
      for (var waiter : ofTopic) {
        waiter.wake();
      }
    }
  }

  /** All of what is watched up to it is linked. */
  public long published() {
    return published;
  }

  RegistryStore store() {
    return store;
  }

  void end(Topic topic, Waiter waiter) {
    synchronized (lock) {
      if (topic.remove(waiter)) {
        watches--;
        if (topic.isEmpty()) {
          topics.remove(topic);
        }
      }
    }
  }

  private Topic open(WatchScope scope, Waiter waiter) {
    synchronized (lock) {
      var topic = topics.open(scope, published);
      topic.add(waiter);
      watches++;
      return topic;
    }
  }

  private void link(RevisionChanges applied) {
    var changes = applied.changes();
    if (changes.size() == 1) {
      topics.forEach(changes.getFirst(), topic -> append(topic, applied, changes));
      return;
    }
    var byTopic = new LinkedHashMap<Topic, List<Change>>();
    for (var change : changes) {
      topics.forEach(
          change, topic -> byTopic.computeIfAbsent(topic, t -> new ArrayList<>(1)).add(change));
    }
    byTopic.forEach((topic, ofTopic) -> append(topic, applied, ofTopic));
  }

  private void append(Topic topic, RevisionChanges applied, List<Change> changes) {
    append(
        topic,
        Link.of(applied.revision(), applied.wallMillis(), changes, applied.previousRevisions()));
  }

  private void linkNames(long revision, AppliedRange applied) {
    if (!topics.hasNames()) {
      return;
    }
    var listed = new LinkedHashMap<Topic, List<ServiceKey>>();
    var unlisted = new LinkedHashMap<Topic, List<ServiceKey>>();
    var touched = new LinkedHashSet<Topic>();
    applied.listings().listed().forEach(service -> names(service, listed, touched));
    applied.listings().unlisted().forEach(service -> names(service, unlisted, touched));
    for (var topic : touched) {
      append(
          topic,
          Link.ofNames(
              revision,
              listed.getOrDefault(topic, List.of()),
              unlisted.getOrDefault(topic, List.of())));
    }
  }

  private void names(ServiceKey service, Map<Topic, List<ServiceKey>> names, Set<Topic> touched) {
    topics.forEachOfNames(
        service,
        topic -> {
          names.computeIfAbsent(topic, t -> new ArrayList<>(1)).add(service);
          touched.add(topic);
        });
  }

  private void append(Topic topic, Link link) {
    topic.append(link);
    ring.add(new Ringed(topic, link));
    ringChanges += link.size();
    mark(topic);
  }

  private void mark(Topic topic) {
    if (!topic.isMarked) {
      topic.isMarked = true;
      marked.add(topic);
    }
  }

  private void trim() {
    while (ringChanges > ringChangesMax) {
      var oldest = ring.remove();
      ringChanges -= oldest.link().size();
      oldest.topic().drop(oldest.link());
    }
  }
}
