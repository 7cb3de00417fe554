package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.driver.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * A machine's view of virtual time. Its monotonic clock runs at a rate of its own, and may stand
 * still for a while, after which it leaps to where it would be, or goes on from where it stood. Its
 * wall clock runs as fast and is off by an amount that may change at any time. Both go on while the
 * node is down.
 */
final class SimClock implements Clock {
  /** Parts per million: a clock that runs as virtual time does. */
  static final long EXACT = 1_000_000;

  /** What {@link #leaseNanosMaxAt} counts of a leap at most: the step of the lease clock. */
  private static final long LEAP_NANOS_MAX = 200 * VirtualTime.MILLISECOND;

  private static final long EPOCH_MILLIS = 1_700_000_000_000L;

  private final VirtualTime time;
  private final long ownPpm;
  private long ratePpm;
  private long wallOffMillis;

  /** Virtual time from which the clock runs at its rate, and what it showed then. */
  private long sinceNanos;

  private long shownNanos;

  /** Virtual time until which it stands still, and what it shows until then. */
  private long frozenUntilNanos;

  private long frozenAtNanos;
  private boolean isFrozen;

  /** A straight piece of {@link #leaseNanosMaxAt}: from when on, what it is there, how steep. */
  private record Piece(long fromNanos, long leaseNanos, long ratePpm) {
    long at(long nanos) {
      return leaseNanos + Math.max(0, nanos - fromNanos) * ratePpm / EXACT;
    }
  }

  private final List<Piece> pieces = new ArrayList<>();

  SimClock(VirtualTime time, long ratePpm, long wallOffMillis) {
    this.time = time;
    this.ownPpm = ratePpm;
    this.ratePpm = ratePpm;
    this.wallOffMillis = wallOffMillis;
    this.sinceNanos = time.nowNanos();
    pieces.add(new Piece(sinceNanos, 0, ratePpm));
  }

  @Override
  public long nanoTime() {
    thaw();
    return isFrozen ? frozenAtNanos : running(time.nowNanos());
  }

  @Override
  public long wallMillis() {
    return EPOCH_MILLIS + nanoTime() / VirtualTime.MILLISECOND + wallOffMillis;
  }

  /**
   * The most that lease time may have moved up to a moment, which is over, if this node had led all
   * the time: this clock, of each of whose leaps lease time takes a step at most.
   */
  long leaseNanosMaxAt(long nanos) {
    thaw();
    int last = pieces.size() - 1;
    while (last > 0 && pieces.get(last).fromNanos > nanos) {
      last--;
    }
    return pieces.get(last).at(nanos);
  }

  /** How much virtual time passes until this clock has moved on by so much. */
  long delayNanos(long byNanos) {
    long now = time.nowNanos();
    thaw();
    if (!isFrozen) {
      return Math.ceilDiv(byNanos * EXACT, ratePpm);
    }
    long untilThaw = frozenUntilNanos - now;
    long left = byNanos - (running(frozenUntilNanos) - frozenAtNanos);
    return untilThaw + Math.max(0, Math.ceilDiv(left * EXACT, ratePpm));
  }

  /** From now on it runs at another rate. */
  void rate(long ppm) {
    thaw();
    long now = time.nowNanos();
    if (now > sinceNanos) {
      shownNanos = running(now);
      sinceNanos = now;
    }
    ratePpm = ppm;
    if (!isFrozen) {
      bend(now, 0, ppm);
    }
  }

  /** Sets the wall clock forward, or back. */
  void jump(long millis) {
    wallOffMillis += millis;
  }

  /**
   * Makes it stand still for a while; one that does already is left alone.
   *
   * @param leaps whether it shows afterwards what it would have shown
   */
  void freeze(long nanos, boolean leaps) {
    thaw();
    if (isFrozen) {
      return;
    }
    frozenAtNanos = nanoTime();
    frozenUntilNanos = time.nowNanos() + nanos;
    isFrozen = true;
    bend(time.nowNanos(), 0, 0);
    if (!leaps) {
      shownNanos = frozenAtNanos;
      sinceNanos = frozenUntilNanos;
    }
  }

  /** It runs again, at its own rate. */
  void mend() {
    if (isFrozen) {
      long now = time.nowNanos();
      frozenUntilNanos = Math.min(frozenUntilNanos, now);
      sinceNanos = Math.min(sinceNanos, now);
    }
    rate(ownPpm);
  }

  private void thaw() {
    if (isFrozen && time.nowNanos() >= frozenUntilNanos) {
      isFrozen = false;
      long leap = running(frozenUntilNanos) - frozenAtNanos;
      bend(frozenUntilNanos, Math.clamp(leap, 0, LEAP_NANOS_MAX), ratePpm);
    }
  }

  private void bend(long atNanos, long leapNanos, long ppm) {
    pieces.add(new Piece(atNanos, pieces.getLast().at(atNanos) + leapNanos, ppm));
  }

  private long running(long atNanos) {
    return shownNanos + Math.max(0, atNanos - sinceNanos) * ratePpm / EXACT;
  }
}
