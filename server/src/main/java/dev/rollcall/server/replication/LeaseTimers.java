package dev.rollcall.server.replication;

import dev.rollcall.raft.core.Invariant;
import dev.rollcall.store.lease.SlotIndex;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Leases in the leader's memory, by slot: deadline and state. A wheel of 4,096 buckets of 100 ms
 * says which to look at next. A renewal writes the deadline and moves nothing; when a bucket comes
 * up, what has moved on meanwhile, or waits for a later turn of the wheel, is filed anew. So a
 * lease is looked at once per TTL, or per turn, however often it is renewed. Apply thread only.
 *
 * <p>LIVE or DOUBTED → its deadline passes → HELD → LAPSED → EXPIRING; back to LIVE from all.
 * Columns of arrays: no object per lease, and 21 bytes beside its place in the index.
 */
final class LeaseTimers {
  /** No lease. */
  static final int NONE = SlotIndex.NONE;

  /** On the wheel. */
  static final byte LIVE = 0;

  /** On the wheel, and suspect in the replicated state. */
  static final byte DOUBTED = 1;

  /** Its deadline passed, and the guard has not said that it may expire; still renewable. */
  static final byte HELD = 2;

  /** It may expire and waits for its turn, oldest first; still renewable. */
  static final byte LAPSED = 3;

  /** Its end is proposed. */
  static final byte EXPIRING = 4;

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
  private int lapsed;

  /** A lease not known before, LIVE from this lease time on. */
  int add(long leaseId, int ttl, long presentNanos) {
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
    return slot;
  }

  /** The slot of a lease, or {@link #NONE}. */
  int find(long leaseId) {
    return index.find(leaseId);
  }

  /** Forgets a lease. */
  void remove(int slot) {
    leave(slot);
    index.remove(slot);
  }

  /** Renews a lease from this lease time on; nothing moves before its turn comes. */
  void extend(int slot, long presentNanos) {
    deadlineNanos[slot] = presentNanos + ttlMillis[slot] * NANOS_A_MILLI;
  }

  /** Leases whose deadline has passed at this lease time, by 100 ms at most, are HELD. */
  void advance(long nowNanos, LongConsumer held) {
    long now = Math.floorDiv(nowNanos, TICK_NANOS);
    long first = Math.max(tick + 1, now - BUCKETS + 1);
    for (tick = first; tick <= now; tick++) {
      comesUp(bucket(tick), now, held);
    }
    tick = now;
  }

  /** The lease that lapsed first of those that are LAPSED, or {@link #NONE}. */
  int firstLapsed() {
    return lists.first(LAPSED_LIST);
  }

  /** Any state → LIVE. */
  void revive(int slot) {
    leave(slot);
    states[slot] = LIVE;
    file(slot);
  }

  /** LIVE → DOUBTED. */
  void doubt(int slot) {
    Invariant.check(states[slot] == LIVE, "lease %d is not live", id(slot));
    states[slot] = DOUBTED;
  }

  /** HELD or EXPIRING → LAPSED, the youngest. */
  void lapse(int slot) {
    Invariant.check(
        states[slot] == HELD || states[slot] == EXPIRING, "lease %d has not lapsed", id(slot));
    states[slot] = LAPSED;
    lists.add(LAPSED_LIST, slot);
    lapsed++;
  }

  /** LAPSED → EXPIRING. */
  void expire(int slot) {
    Invariant.check(states[slot] == LAPSED, "lease %d may not expire", id(slot));
    leave(slot);
    states[slot] = EXPIRING;
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

  /** How many are LAPSED. */
  int lapsed() {
    return lapsed;
  }

  /** Forgets everything. */
  void clear() {
    index = new SlotIndex();
    lists = new SlotLists(BUCKETS + 1);
    deadlineNanos = new long[0];
    ttlMillis = new int[0];
    states = new byte[0];
    tick = Long.MIN_VALUE;
    lapsed = 0;
  }

  private void comesUp(int bucket, long now, LongConsumer held) {
    int last = lists.last(bucket);
    int slot = lists.first(bucket);
    while (slot != SlotLists.NONE) {
      // What is filed anew may come into this bucket again, behind the last.
      int after = slot == last ? SlotLists.NONE : lists.after(slot);
      lists.remove(slot);
      if (dueTick(slot) > now) {
        file(slot);
      } else {
        states[slot] = HELD;
        held.accept(index.id(slot));
      }
      slot = after;
    }
  }

  /** Leaves the list that its state puts it into. */
  private void leave(int slot) {
    switch (states[slot]) {
      case LIVE, DOUBTED -> lists.remove(slot);
      case LAPSED -> {
        lists.remove(slot);
        lapsed--;
      }
      default -> {}
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
