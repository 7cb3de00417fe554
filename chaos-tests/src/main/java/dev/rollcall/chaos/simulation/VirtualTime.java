package dev.rollcall.chaos.simulation;

import java.util.PriorityQueue;

/**
 * Time that moves from event to event. Events of one moment happen in the order they were planned.
 */
final class VirtualTime {
  static final long MICROSECOND = 1_000;
  static final long MILLISECOND = 1_000_000;
  static final long SECOND = 1_000_000_000;

  private record Planned(long nanos, long order, Runnable action) implements Comparable<Planned> {
    @Override
    public int compareTo(Planned other) {
      return nanos != other.nanos
          ? Long.compare(nanos, other.nanos)
          : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Planned> plan = new PriorityQueue<>();
  private long nowNanos;
  private long orderNext;

  long nowNanos() {
    return nowNanos;
  }

  /** Plans an action; {@code delayNanos} 0 means after everything already planned for now. */
  void after(long delayNanos, Runnable action) {
    plan.add(new Planned(nowNanos + Math.max(0, delayNanos), orderNext++, action));
  }

  /** Runs the next action, if it lies before {@code endNanos}; else time stands at the end. */
  boolean runNext(long endNanos) {
    Planned next = plan.peek();
    if (next == null || next.nanos > endNanos) {
      nowNanos = endNanos;
      return false;
    }
    plan.remove();
    nowNanos = next.nanos;
    next.action.run();
    return true;
  }
}
