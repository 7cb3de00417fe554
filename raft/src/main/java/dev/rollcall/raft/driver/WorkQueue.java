package dev.rollcall.raft.driver;

import java.util.ArrayList;
import java.util.List;

/**
 * The one hop between two threads: anybody adds, the owner takes all that is there at once. Has no
 * bound of its own; what may enter is bounded where it comes from (see {@link Inbox}, {@link
 * LogWriter} and {@link Applier}).
 */
final class WorkQueue<T> {
  private final Bell bell;
  private final Object lock = new Object();
  private List<T> waiting = new ArrayList<>();

  WorkQueue(Bell bell) {
    this.bell = bell;
  }

  /** Any thread; wakes the owner. */
  void add(T item) {
    synchronized (lock) {
      waiting.add(item);
    }
    bell.ring();
  }

  /** Everything added so far, in order; the caller may keep the list. */
  List<T> takeAll() {
    synchronized (lock) {
      if (waiting.isEmpty()) {
        return List.of();
      }
      List<T> taken = waiting;
      waiting = new ArrayList<>();
      return taken;
    }
  }
}
