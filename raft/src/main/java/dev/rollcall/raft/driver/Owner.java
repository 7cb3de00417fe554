package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Invariant;
import org.jspecify.annotations.Nullable;

/**
 * Holds an object to one thread: the first that checks in. A simulator that turns every part by
 * hand owns all of them with its one thread.
 */
final class Owner {
  private volatile @Nullable Thread thread;

  /** Called first in every entry point of the owned object. */
  void check() {
    Thread current = Thread.currentThread();
    if (thread != current) {
      claim(current);
    }
  }

  private synchronized void claim(Thread current) {
    Invariant.check(thread == null, "%s touched what belongs to another thread", current.getName());
    thread = current;
  }
}
