package dev.rollcall.server.replication;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;

/**
 * Things to do at a time unless cancelled before: deadlines, above all, of which nearly all are
 * cancelled. Has no thread: {@link #runDue} does what is due. Any thread may call; one short lock,
 * not held while an action runs.
 */
final class Timers {
  private static final long SLOT_NANOS = 10_000_000;

  private final long originNanos;
  // Guarded by this. Slots by number since the origin; within one, in order of scheduling, so that
  // a
  // simulation repeats itself.
  private final TreeMap<Long, LinkedHashSet<Timer>> slots = new TreeMap<>();

  /** Times are compared from {@code originNanos} on, which may be any number. */
  Timers(long originNanos) {
    this.originNanos = originNanos;
  }

  /** Runs the action at the time or up to 10 ms later, on the thread that calls {@link #runDue}. */
  Timer at(long nanos, Runnable action) {
    long slot = Math.floorDiv(nanos - originNanos, SLOT_NANOS) + 1;
    var timer = new Timer(slot, action);
    synchronized (this) {
      slots.computeIfAbsent(slot, unused -> new LinkedHashSet<>()).add(timer);
    }
    return timer;
  }

  /** Runs what is due. */
  void runDue(long nowNanos) {
    run(Math.floorDiv(nowNanos - originNanos, SLOT_NANOS));
  }

  /** Runs everything as if its time had come. */
  void runAll() {
    run(Long.MAX_VALUE);
  }

  /** How many are to come. */
  synchronized int size() {
    return slots.values().stream().mapToInt(LinkedHashSet::size).sum();
  }

  private void run(long slotMax) {
    for (Timer timer : removeUpTo(slotMax)) {
      timer.action.run();
    }
  }

  private synchronized List<Timer> removeUpTo(long slotMax) {
    if (slots.isEmpty() || slots.firstKey() > slotMax) {
      return List.of();
    }
    var due = new ArrayList<Timer>();
    var head = slots.headMap(slotMax, true);
    head.values().forEach(due::addAll);
    head.clear();
    return due;
  }

  private synchronized void remove(Timer timer) {
    var slot = slots.get(timer.slot);
    if (slot != null && slot.remove(timer) && slot.isEmpty()) {
      slots.remove(timer.slot);
    }
  }

  /** One thing to do. */
  final class Timer {
    private final long slot;
    private final Runnable action;

    private Timer(long slot, Runnable action) {
      this.slot = slot;
      this.action = action;
    }

    /** Forgets it; nothing happens when it has run or is running. */
    void cancel() {
      remove(this);
    }
  }
}
