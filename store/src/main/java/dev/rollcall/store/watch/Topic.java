package dev.rollcall.store.watch;

import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Something that is watched: the end of its chain of links, and who waits for more. The chain grows
 * at the end, on the apply thread; cursors walk it. A link that the ring drops is cut off from
 * those after it, so that a cursor which stands still keeps no more than two links alive.
 */
final class Topic {
  final WatchScope scope;

  /** Whether it is among those whose waiters are to be woken. The hub's lock. */
  boolean isMarked;

  /**
   * In the order in which they came, so that waking them repeats in a simulation. The hub's lock.
   */
  private final LinkedHashSet<Waiter> waiters = new LinkedHashSet<>();

  /** The waiters as an array; null when they have changed since. The hub's lock. */
  private Waiter @Nullable [] waitersInOrder;

  /** The last link; everything before it was in the state before it was linked. */
  private volatile Link last;

  /** How far the chain reaches back. */
  private volatile Start start;

  /**
   * Where a chain begins.
   *
   * @param link every change of the topic after {@code revision} is linked behind it
   */
  record Start(long revision, Link link) {}

  /** Everything up to the revision was published before. */
  Topic(WatchScope scope, long revision) {
    this.scope = scope;
    last = Link.place(revision);
    start = new Start(revision, last);
  }

  void add(Waiter waiter) {
    waiters.add(waiter);
    waitersInOrder = null;
  }

  /** Returns whether it was there. */
  boolean remove(Waiter waiter) {
    waitersInOrder = null;
    return waiters.remove(waiter);
  }

  boolean isEmpty() {
    return waiters.isEmpty();
  }

  /** An array that does not change. */
  Waiter[] waiters() {
    var array = waitersInOrder;
    if (array == null) {
      array = waiters.toArray(Waiter[]::new);
      waitersInOrder = array;
    }
    return array;
  }

  Link last() {
    return last;
  }

  Start start() {
    return start;
  }

  /** Makes the link the last one. Apply thread. */
  void append(Link link) {
    last.append(link);
    last = link;
  }

  /** Says that what came after the last link, up to a revision, is not known. Apply thread. */
  void appendGap(long revision) {
    append(Link.gap(revision));
    start = new Start(revision, last);
  }

  /**
   * Lets go of the oldest link, which cursors that stand before it may still take. Apply thread.
   */
  void drop(Link oldest) {
    var next = oldest.next();
    if (next == null) {
      start = new Start(oldest.revision, oldest);
    } else if (next != oldest) {
      var place = Link.place(oldest.revision);
      place.append(next);
      start = new Start(oldest.revision, place);
      oldest.cutOff();
    }
  }
}
