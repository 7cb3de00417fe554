package dev.rollcall.server.replication;

import dev.rollcall.store.lease.Guard;
import dev.rollcall.store.lease.Guards;
import dev.rollcall.store.lease.Leases;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * What the leader knows of one namespace in which leases lapse. Apply thread only.
 *
 * <p>OPEN: what lapses is let expire → more lapse than may → ENGAGING: nothing is let expire, and
 * the guard is to be engaged → that is applied → ENGAGED: a trickle is let expire, oldest first →
 * the guard is released, whoever proposed it → OPEN: all that is held is let expire, and counts no
 * more.
 */
final class GuardedNamespace {
  private static final long NANOS_A_MINUTE = TimeUnit.MINUTES.toNanos(1);

  /** What lets one lease expire: percent of leases times nanoseconds, per minute. */
  private static final long ONE_LEASE = 100 * NANOS_A_MINUTE;

  final String foldedNamespace;

  private final Leases leases;
  private final Guards guards;
  private final GuardLimits limits;
  private final LapseWindow window;

  private static final long UNCOUNTED = Long.MIN_VALUE;

  /** Leases that lapsed and are not let expire, oldest first, with the second that counts them. */
  private final Map<Long, Long> held = new LinkedHashMap<>();

  /** Those of them that are not suspect in the replicated state, and not about to be. */
  private final Set<Long> unmarked = new LinkedHashSet<>();

  /** Those of them that are about to be. */
  private final Set<Long> marking = new LinkedHashSet<>();

  private State state = State.OPEN;
  private boolean isProposed;
  private long engagedNanos;
  private long releasableNanos;
  private long nowNanos;
  // Of ONE_LEASE each.
  private long allowance;

  GuardedNamespace(String foldedNamespace, Leases leases, Guards guards, GuardLimits limits) {
    this.foldedNamespace = foldedNamespace;
    this.leases = leases;
    this.guards = guards;
    this.limits = limits;
    window = new LapseWindow((int) limits.window().toSeconds());
  }

  private enum State {
    OPEN,
    ENGAGING,
    ENGAGED
  }

  /** What is to be proposed. */
  enum Wish {
    NOTHING,
    ENGAGE,
    RELEASE
  }

  /**
   * A guard that this leader found engaged. Its time begins anew, like every lease's, and nobody
   * can tell who has returned before a window has passed.
   */
  void found(long atNanos) {
    state = State.ENGAGED;
    nowNanos = atNanos;
    engagedNanos = atNanos;
    releasableNanos = atNanos + limits.window().toNanos();
  }

  /** Moves lease time on, before what lapsed by then is told. */
  void advance(long toNanos) {
    if (state == State.ENGAGED) {
      allow(toNanos - nowNanos);
    }
    nowNanos = toNanos;
    window.at(second(), leases.size(foldedNamespace));
  }

  /** A lease lapsed. */
  void lapsed(long leaseId) {
    if (leases.isSuspect(leaseId)) {
      // It lapsed before, and is not counted twice.
      held.put(leaseId, UNCOUNTED);
    } else {
      window.lapsed(second());
      held.put(leaseId, second());
      unmarked.add(leaseId);
    }
  }

  /** A lease that lapsed, and was let expire, is renewed before its end was proposed. */
  void renewed(long deadlineNanos) {
    // It is counted when its lapse was noticed, a moment after.
    long lapsed = TimeUnit.NANOSECONDS.toSeconds(deadlineNanos);
    if (!window.renewed(lapsed)) {
      window.renewed(lapsed + 1);
    }
  }

  /** A lease that is held is renewed, or ended otherwise than by expiry. */
  void letGo(long leaseId) {
    var lapsedSecond = held.remove(leaseId);
    if (lapsedSecond != null) {
      window.renewed(lapsedSecond);
    }
    unmarked.remove(leaseId);
  }

  /** Whether a lease is held. */
  boolean holds(long leaseId) {
    return held.containsKey(leaseId);
  }

  /** Whether a lease is held and nobody was told that it is suspect. */
  boolean isUnmarked(long leaseId) {
    return unmarked.contains(leaseId) && !marking.contains(leaseId);
  }

  /** After all that lapsed was told: who of those held may expire. */
  void judge(LongConsumer cleared) {
    boolean isEngaged = guards.isEngaged(foldedNamespace);
    if (isEngaged && state != State.ENGAGED) {
      state = State.ENGAGED;
      engagedNanos = nowNanos;
      releasableNanos = nowNanos;
    } else if (!isEngaged && state == State.ENGAGED) {
      open();
    } else if (state == State.OPEN && window.lapses() > limits.lapsesMax(window.leases())) {
      state = State.ENGAGING;
    } else if (state == State.ENGAGING && !isProposed && haveReturned()) {
      open();
    }
    switch (state) {
      case OPEN -> clear(held.size(), cleared);
      case ENGAGING -> {}
      case ENGAGED -> trickle(cleared);
    }
  }

  /** What to propose for the guard; {@link #proposed} if it is. */
  Wish wish() {
    if (isProposed) {
      return Wish.NOTHING;
    }
    return switch (state) {
      case OPEN -> Wish.NOTHING;
      case ENGAGING -> Wish.ENGAGE;
      case ENGAGED -> isOver() ? Wish.RELEASE : Wish.NOTHING;
    };
  }

  void proposed() {
    isProposed = true;
  }

  void settled() {
    isProposed = false;
  }

  /** Leases to be marked as suspect, none while others are about to be; {@link #marked} after. */
  List<Long> takeUnmarked() {
    if (state != State.ENGAGED || !marking.isEmpty()) {
      return List.of();
    }
    var batch = ExpiryGuard.takeBatch(unmarked, leases);
    marking.addAll(batch);
    return batch;
  }

  /** The mark is applied, or certainly never will be. */
  void marked() {
    var settled = List.copyOf(marking);
    marking.clear();
    settled.forEach(this::look);
  }

  /** Whether a lease is suspect may have changed, while it is held. */
  void look(long leaseId) {
    if (leases.isSuspect(leaseId)) {
      unmarked.remove(leaseId);
    } else if (holds(leaseId) && !marking.contains(leaseId)) {
      unmarked.add(leaseId);
    }
  }

  /** Whether there is nothing to know. */
  boolean isIdle() {
    return state == State.OPEN && held.isEmpty() && !isProposed && window.lapses() == 0;
  }

  private void open() {
    state = State.OPEN;
    window.reset();
    allowance = 0;
  }

  private boolean isOver() {
    return nowNanos - engagedNanos >= limits.engagedMax().toNanos()
        || (nowNanos >= releasableNanos && haveReturned());
  }

  private boolean haveReturned() {
    int few = limits.lapsesMax(baseline()) / 2;
    int absent = leases.suspects(foldedNamespace) + unmarked.size() + marking.size();
    // Those that were let expire just before the guard engaged have not returned either.
    return absent <= few && window.lapses() <= few;
  }

  private int baseline() {
    return guards
        .find(foldedNamespace)
        .filter(Guard::isEngaged)
        .map(Guard::leases)
        .orElseGet(window::leases);
  }

  private void allow(long passedNanos) {
    long aNano = (long) baseline() * limits.trickleAMinutePercent();
    long most = Math.max(ONE_LEASE, aNano * NANOS_A_MINUTE);
    allowance = Math.min(most, allowance + aNano * passedNanos);
  }

  private void trickle(LongConsumer cleared) {
    int count = (int) Math.min(held.size(), allowance / ONE_LEASE);
    allowance -= count * ONE_LEASE;
    clear(count, cleared);
  }

  private void clear(int count, LongConsumer cleared) {
    var oldest = held.keySet().iterator();
    for (int i = 0; i < count; i++) {
      long leaseId = oldest.next();
      oldest.remove();
      unmarked.remove(leaseId);
      cleared.accept(leaseId);
    }
  }

  private long second() {
    return TimeUnit.NANOSECONDS.toSeconds(nowNanos);
  }
}
