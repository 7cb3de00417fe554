package dev.rollcall.server.replication;

import dev.rollcall.raft.core.Invariant;
import dev.rollcall.store.lease.SlotIndex;
import java.util.Arrays;

/**
 * Leases in the leader's memory, by slot: deadline and state. A wheel of 4,096 buckets of 100 ms
 * says which to look at next. A renewal writes the deadline and moves nothing; when a bucket comes
 * up, what has moved on meanwhile, or waits for a later turn of the wheel, is filed anew. So a
 * lease is looked at once per TTL, or per turn, however often it is renewed. Apply thread only.
 *
 * <p>LIVE → its deadline passes → LAPSED → EXPIRING; back to LIVE from both. Columns of arrays: no
 * object per lease, and 29 bytes beside its place in the index.
 */
final class LeaseTimers {
  /** No lease. */
  static final int NONE = SlotIndex.NONE;

  /** On the wheel. */
  static final byte LIVE = 0;

  /** Its deadline passed and it waits for its turn, oldest first; still renewable. */
  static final byte LAPSED = 1;

  /** Its end is proposed. */
  static final byte EXPIRING = 2;

  private static final long NANOS_A_MILLI = 1_000_000;
  private static final long TICK_NANOS = 100_000_000;
  private static final int BUCKETS = 1 << 12;
  private static final int LAPSED_LIST = BUCKETS;

  private SlotIndex index = new SlotIndex();
  private SlotLists lists = new SlotLists(BUCKETS + 1);
  // By slot.
  private long[] deadlineNanos = new long[0];
  private int[] ttlMillis = new int[0];
  private byte[] states = new byte[0];
  // The last bucket that came up.
  private long tick = Long.MIN_VALUE;

  /** A new lease, LIVE from this lease time on. */
  void add(long leaseId, int ttl, long presentNanos) {
    int slot = index.add(leaseId);
    if (slot >= states.length) {
      int capacity = index.capacity();
      deadlineNanos = Arrays.copyOf(deadlineNanos, capacity);
      ttlMillis = Arrays.copyOf(ttlMillis, capacity);
      states = Arrays.copyOf(states, capacity);
      lists.grow(capacity);
    }
    ttlMillis[slot] = ttl;
    extend(slot, presentNanos);
    states[slot] = LIVE;
    file(slot);
  }

  /** The slot of a lease, or {@link #NONE}. */
  int find(long leaseId) {
    return index.find(leaseId);
  }

  /** Forgets a lease. */
  void remove(int slot) {
    if (states[slot] != EXPIRING) {
      lists.remove(slot);
    }
    index.remove(slot);
  }

  /** Renews a lease from this lease time on; nothing moves before its turn comes. */
  void extend(int slot, long presentNanos) {
    deadlineNanos[slot] = presentNanos + ttlMillis[slot] * NANOS_A_MILLI;
  }

  /** Leases whose deadline has passed at this lease time, by 100 ms at most, are LAPSED. */
  void advance(long nowNanos) {
    long now = Math.floorDiv(nowNanos, TICK_NANOS);
    long first = Math.max(tick + 1, now - BUCKETS + 1);
    for (tick = first; tick <= now; tick++) {
      comesUp(bucket(tick), now);
    }
    tick = now;
  }

  /** The lease that lapsed first of those that are LAPSED, or {@link #NONE}. */
  int firstLapsed() {
    return lists.first(LAPSED_LIST);
  }

  /** LAPSED or EXPIRING → LIVE. */
  void revive(int slot) {
    leave(slot);
    states[slot] = LIVE;
    file(slot);
  }

  /** LAPSED → EXPIRING. */
  void expire(int slot) {
    Invariant.check(states[slot] == LAPSED, "lease %d has not lapsed", id(slot));
    leave(slot);
    states[slot] = EXPIRING;
  }

  /** LIVE, as it comes up, or EXPIRING → LAPSED, the youngest. */
  void lapse(int slot) {
    states[slot] = LAPSED;
    lists.add(LAPSED_LIST, slot);
  }

  long id(int slot) {
    return index.id(slot);
  }

  int ttlMillis(int slot) {
    return ttlMillis[slot];
  }

  long deadlineNanos(int slot) {
    return deadlineNanos[slot];
  }

  byte state(int slot) {
    return states[slot];
  }

  int size() {
    return index.size();
  }

  /** Forgets everything. */
  void clear() {
    index = new SlotIndex();
    lists = new SlotLists(BUCKETS + 1);
    deadlineNanos = new long[0];
    ttlMillis = new int[0];
    states = new byte[0];
    tick = Long.MIN_VALUE;
  }

  private void comesUp(int bucket, long now) {
    int last = lists.last(bucket);
    int slot = lists.first(bucket);
    while (slot != SlotLists.NONE) {
      // What is filed anew may come into this bucket again, behind the last.
      int after = slot == last ? SlotLists.NONE : lists.after(slot);
      lists.remove(slot);
      if (dueTick(slot) > now) {
        file(slot);
      } else {
        lapse(slot);
      }
      slot = after;
    }
  }

  private void leave(int slot) {
    if (states[slot] == LAPSED) {
      lists.remove(slot);
    }
  }

  private void file(int slot) {
    lists.add(bucket(Math.max(dueTick(slot), tick + 1)), slot);
  }

  private long dueTick(int slot) {
    return Math.floorDiv(deadlineNanos[slot], TICK_NANOS) + 1;
  }

  private static int bucket(long tick) {
    return (int) (tick & BUCKETS - 1);
  }
}
