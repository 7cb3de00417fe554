package dev.rollcall.store.watch;

import dev.rollcall.store.Invariant;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.ServiceKey;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where one watcher of a state stands: first a snapshot, then every delta after it, in order; or,
 * when the ring has moved on or a snapshot was installed, another snapshot that says so. A filter
 * shows some of it, and an instance that ceases to fit as gone.
 *
 * <p>Used by one thread at a time. Call {@link #next} until it is {@link StateEvent.Idle}; then
 * wait for the wake-up. It comes where {@link WatchHub#wakeMarked} is called, at most once between
 * two calls of {@link #next}, and must only pass the word on.
 */
public final class StateCursor implements AutoCloseable {
  private final WatchHub hub;
  private final Topic topic;
  private final Filter filter;
  private final Waiter waiter;

  /** The snapshot that is being given, until its last part was. */
  private @Nullable StateReader reader;

  /** Deltas of the revision that is being given. */
  private final ArrayDeque<StateEvent.Delta> rest = new ArrayDeque<>();

  /**
   * What was given last, or was the last when the snapshot was begun; null before the first event.
   */
  private @Nullable Link position;

  /** The snapshot has everything up to it; and what came after it, up to it, was given. */
  private long contained;

  /** Of many services: those whose part of the snapshot has more than that, and how much. */
  private final Map<ServiceKey, Long> newer = new HashMap<>(0);

  /** What the watcher was told last, which its next delta follows on. */
  private long told;

  /** As of the last {@link StateEvent.Idle}. */
  private long reached;

  StateCursor(WatchHub hub, Topic topic, Filter filter, Waiter waiter) {
    this.hub = hub;
    this.topic = topic;
    this.filter = filter;
    this.waiter = waiter;
  }

  /** What comes next for this watcher. */
  public StateEvent next() {
    waiter.isWaiting(false);
    var event = poll();
    if (!(event instanceof StateEvent.Idle)) {
      return event;
    }
    waiter.isWaiting(true);
    // Once more: what was linked before we said so wakes nobody. All fields involved are volatile,
    // so either we see the link here, or who wakes sees that we wait.
    event = poll();
    if (!(event instanceof StateEvent.Idle)) {
      waiter.isWaiting(false);
    }
    return event;
  }

  /** Ends the watch. A wake-up that is on its way may still come. */
  @Override
  public void close() {
    waiter.isWaiting(false);
    hub.end(topic, waiter);
  }

  /**
   * Has this cursor go on for the other's watcher too, if both are idle and have the same to come.
   * Returns whether it does; the other one is then to be closed.
   */
  public boolean goesOnFor(StateCursor other) {
    if (topic != other.topic
        || !filter.equals(other.filter)
        || position != other.position
        || !isSettled()
        || !other.isSettled()) {
      return false;
    }
    // The less of two: what the next delta follows on may be older than what the watcher has.
    told = Math.min(told, other.told);
    return true;
  }

  /** Whether nothing will be left out of what comes, because the snapshot had it. */
  private boolean isSettled() {
    return position != null
        && reader == null
        && rest.isEmpty()
        && newer.isEmpty()
        && reached >= contained;
  }

  private StateEvent poll() {
    if (reader != null) {
      return part(reader);
    }
    // Before the links are looked at: all up to it are linked.
    long published = hub.published();
    while (rest.isEmpty()) {
      var at = position;
      if (at == null) {
        return begin(false);
      }
      var next = at.next();
      if (next == null) {
        reached = published;
        newer.values().removeIf(revision -> revision <= published);
        return new StateEvent.Idle(published);
      }
      if (next == at || next.isGap()) {
        return begin(true);
      }
      position = next;
      take(next);
    }
    return rest.remove();
  }

  private StateEvent begin(boolean reset) {
    // In this order: a change is linked after the state that has it was published, so what is
    // linked already is in the snapshot, and what is linked from now on comes after this position.
    position = topic.last();
    newer.clear();
    var begun = StateReader.of(topic.scope, filter, hub.store(), reset);
    contained = begun.revision();
    told = contained;
    reader = begun;
    return part(begun);
  }

  private StateEvent part(StateReader from) {
    var part = from.next();
    if (from.isAtEnd()) {
      reader = null;
    } else if (part instanceof StateEvent.Snapshot snapshot && snapshot.revision() > contained) {
      newer.put(snapshot.service().key(), snapshot.revision());
    }
    return part;
  }

  private void take(Link link) {
    // A snapshot contains what was linked while it was taken.
    if (link.revision <= contained) {
      return;
    }
    switch (topic.scope) {
      case WatchScope.Service(ServiceKey service) -> {
        Invariant.check(
            link.previousRevision(service) <= contained,
            "watch of %s stands at revision %d, but its next change follows on %d",
            service,
            contained,
            link.previousRevision(service));
        contained = link.revision;
        takeOne(link);
      }
      case WatchScope.Services of -> takeByService(link);
      case WatchScope.Instance one -> takeOne(link);
      case WatchScope.ServiceNames of -> takeOne(link);
      case WatchScope.Key one -> takeOne(link);
      case WatchScope.Keys of -> takeOne(link);
    }
  }

  private void takeOne(Link link) {
    List<SharedDelta> deltas =
        link.seenBy(
            filter, view -> SharedDelta.of(link, WatchedChange.through(view, link.changes)));
    for (var delta : deltas) {
      rest.add(new StateEvent.Delta(told, false, delta));
      told = link.revision;
    }
  }

  private void takeByService(Link link) {
    List<SharedDelta> deltas =
        link.seenBy(
            filter, view -> SharedDelta.byService(link, WatchedChange.through(view, link.changes)));
    var missing =
        deltas.stream()
            .filter(delta -> newer.getOrDefault(service(delta), 0L) < link.revision)
            .toList();
    for (int i = 0; i < missing.size(); i++) {
      var delta = missing.get(i);
      // Through a filter nobody knows which change of the service the watcher was told last.
      long previous = filter.isAll() ? link.previousRevision(service(delta)) : 0;
      rest.add(new StateEvent.Delta(previous, i < missing.size() - 1, delta));
    }
  }

  private static ServiceKey service(SharedDelta delta) {
    return delta.service().orElseThrow();
  }
}
