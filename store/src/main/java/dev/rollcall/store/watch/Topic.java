package dev.rollcall.store.watch;

import dev.rollcall.store.instance.ServiceKey;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * A service that is watched: the end of its chain of deltas, and its cursors. The chain grows at
 * the end, on the apply thread; cursors walk it. A link that the ring drops is cut off from those
 * after it, so that a cursor which stands still keeps no more than two links alive.
 */
final class Topic {
  final ServiceKey service;

  /**
   * In the order in which they came, so that waking them repeats in a simulation. The hub's lock.
   */
  private final LinkedHashSet<StateCursor> cursors = new LinkedHashSet<>();

  /** The cursors as an array; null when they have changed since. The hub's lock. */
  private StateCursor @Nullable [] cursorsInOrder;

  /** The last link; everything before it was in the service's snapshot before it was linked. */
  private volatile Link last = new Link(null);

  Topic(ServiceKey service) {
    this.service = service;
  }

  void add(StateCursor cursor) {
    cursors.add(cursor);
    cursorsInOrder = null;
  }

  /** Returns whether it was there. */
  boolean remove(StateCursor cursor) {
    cursorsInOrder = null;
    return cursors.remove(cursor);
  }

  boolean isEmpty() {
    return cursors.isEmpty();
  }

  /** An array that does not change. */
  StateCursor[] cursors() {
    var array = cursorsInOrder;
    if (array == null) {
      array = cursors.toArray(StateCursor[]::new);
      cursorsInOrder = array;
    }
    return array;
  }

  Link last() {
    return last;
  }

  /** Makes the delta the last one. Apply thread. */
  Link append(StateEvent.Delta delta) {
    return append(new Link(delta));
  }

  /** Says that what came after the last link is not known. Apply thread. */
  void appendReset() {
    var unused = append(new Link(null));
  }

  private Link append(Link link) {
    last.next = link;
    last = link;
    return link;
  }

  /** A delta, and the way to the one after it. */
  static final class Link {
    /** Null in the first link of all, which nobody delivers, and where changes are not known. */
    final StateEvent.@Nullable Delta delta;

    /** Null at the end; the link itself when it was cut off. */
    private volatile @Nullable Link next;

    private Link(StateEvent.@Nullable Delta delta) {
      this.delta = delta;
    }

    @Nullable Link next() {
      return next;
    }

    int changes() {
      return delta == null ? 0 : delta.upserts().size() + delta.removes().size();
    }

    /** Apply thread. A last link stays whole: who stands there has missed nothing. */
    void cutOff() {
      if (next != null) {
        next = this;
      }
    }
  }
}
