package dev.rollcall.store;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Rows that several threads use while another store may take their place: gone only when nobody
 * uses them any more. The owner counts as a user until {@link #giveUp}.
 */
final class SharedRows {
  private final OrderedStore rows;
  private final AtomicInteger users = new AtomicInteger(1);
  private volatile Runnable whenUnused = () -> {};

  SharedRows(OrderedStore rows) {
    this.rows = rows;
  }

  /** The rows, for whoever counts as a user. */
  OrderedStore rows() {
    return rows;
  }

  /** Whether the caller has become a user; it must {@link #leave} once. */
  boolean tryEnter() {
    return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  void leave() {
    if (users.decrementAndGet() == 0) {
      whenUnused.run();
    }
  }

  /**
   * The owner uses them no more.
   *
   * @param last to be done once nobody does, on the thread of whoever is last, which may be this
   *     one
   */
  void giveUp(Runnable last) {
    whenUnused = last;
    leave();
  }
}
