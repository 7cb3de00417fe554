package dev.rollcall.server.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Leases by the lease time at which to look at them next. A renewal writes the lease's deadline and
 * moves nothing; when the slot comes up, a lease whose deadline has moved on is filed anew. So each
 * lease is filed once per TTL however often it is renewed. Apply thread only.
 */
final class LeaseTimers {
  private static final long SLOT_NANOS = 100_000_000;

  private final TreeMap<Long, List<LeaseTimer>> slots = new TreeMap<>();

  /** Files the lease under its deadline; it must not be filed already. */
  void file(LeaseTimer timer) {
    slots.computeIfAbsent(slot(timer.deadlineNanos), unused -> new ArrayList<>()).add(timer);
  }

  /** Takes out the leases whose deadline has passed at this lease time, at most 100 ms late. */
  void removeLapsed(long nowNanos, Consumer<LeaseTimer> lapsed) {
    long slotNow = Math.floorDiv(nowNanos, SLOT_NANOS);
    while (!slots.isEmpty() && slots.firstKey() <= slotNow) {
      for (LeaseTimer timer : slots.pollFirstEntry().getValue()) {
        if (timer.state == LeaseTimer.State.GONE) {
          continue;
        }
        if (slot(timer.deadlineNanos) > slotNow) {
          file(timer);
        } else {
          lapsed.accept(timer);
        }
      }
    }
  }

  /** Forgets everything. */
  void clear() {
    slots.clear();
  }

  private static long slot(long deadlineNanos) {
    return Math.floorDiv(deadlineNanos, SLOT_NANOS) + 1;
  }
}
