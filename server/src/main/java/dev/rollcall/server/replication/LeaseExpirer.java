package dev.rollcall.server.replication;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.replication.ParkedRenewals.Parked;
import dev.rollcall.store.Command;
import dev.rollcall.store.lease.GuardTable;
import dev.rollcall.store.lease.Leases;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who is alive, in the memory of the leader: deadlines of leases in {@link LeaseClock lease time},
 * never replicated. Idle → leading ({@link #leadershipStarted}: every lease gets its full TTL) →
 * idle ({@link #leadershipEnded}: everything is forgotten). Apply thread only, so the leases it
 * counts and the state it ends them in are of one moment.
 *
 * <p>A lease: LIVE → its deadline passes → HELD by the {@link ExpiryGuard} → which lets it expire,
 * as a rule at once, and one with keys always → LAPSED, queued → its end is proposed → EXPIRING →
 * the end is applied → gone. A renewal returns it to LIVE until it is EXPIRING; then the renewal
 * waits, since the end may or may not come true: it is answered "gone" once it has, and counts once
 * it certainly will not. The argument why nobody is removed who was told to be alive is in the
 * package's documentation.
 */
public final class LeaseExpirer {
  /** Leases that one command ends at most. */
  static final int BATCH_LEASES_MAX = 500;

  /**
   * Instances and keys after which a command ends no further lease, so that no change grows out of
   * bounds.
   */
  static final int BATCH_CARRIED_MAX = 1_000;

  /** Bytes of keys and values after which likewise. */
  static final long BATCH_KEY_BYTES_MAX = 4 << 20;

  private final Leases leases;
  private final ExpiryGuard guard;
  private final Expiries expiries;
  private final Clock clock;
  private final int batchesMax;

  private final LeaseClock leaseClock = new LeaseClock();
  private final LeaseTimers timers = new LeaseTimers();
  private final ParkedRenewals parked = new ParkedRenewals();
  private final Set<Batch> proposed = new LinkedHashSet<>();
  // By what was applied last.
  private final Set<Long> expiredJustNow = new HashSet<>();
  // Their ends were under way when the last leadership was over, and may come true yet.
  private final Set<Long> abandoned = new HashSet<>();
  // 0 while idle.
  private long term;
  private volatile int lapsed;

  /** Idle, and without a guard: for measurements, and for tests of expiry alone. */
  public static LeaseExpirer unguarded(
      Leases leases, Expiries expiries, Clock clock, int batchesMax) {
    var guard = new ExpiryGuard(leases, new GuardTable(), GuardLimits.NEVER, LeaseExpirer::nothing);
    return new LeaseExpirer(leases, guard, expiries, clock, batchesMax);
  }

  /**
   * Idle.
   *
   * @param batchesMax ExpireLeases proposed and not yet settled
   */
  LeaseExpirer(Leases leases, ExpiryGuard guard, Expiries expiries, Clock clock, int batchesMax) {
    this.leases = leases;
    this.guard = guard;
    this.expiries = expiries;
    this.clock = clock;
    this.batchesMax = batchesMax;
  }

  /** The way of a batch into the log. */
  public interface Expiries {
    /**
     * Proposes to end the leases, on this node and in this term or not at all.
     *
     * @param settled to be run on the apply thread once that is applied or certainly never will be;
     *     may never be run when neither becomes known
     */
    void propose(long term, List<Long> leaseIds, Runnable settled);
  }

  /**
   * This node leads, and all that was committed before is applied: every lease gets its full TTL.
   */
  public void leadershipStarted(long newTerm) {
    leadershipEnded();
    abandoned.clear();
    term = newTerm;
    leaseClock.start(clock.nanoTime());
    guard.leadershipStarted(newTerm, leaseClock.confirmedNanos());
    leases.forEachTtl(this::begin);
  }

  /** Moves lease time on and proposes the end of leases that lapsed. */
  void leadershipConfirmed() {
    if (term == 0) {
      return;
    }
    leaseClock.confirmed(clock.nanoTime());
    guard.advance(leaseClock.confirmedNanos());
    timers.advance(leaseClock.confirmedNanos(), this::passed);
    guard.judge(leaseId -> timers.lapse(timers.find(leaseId)));
    lapsed = guard.held() + timers.lapsed();
    proposeLapsed();
  }

  /** Forgets everything; renewals that wait are told to look elsewhere. */
  public void leadershipEnded() {
    term = 0;
    leaseClock.stop();
    guard.leadershipEnded();
    timers.clear();
    lapsed = 0;
    var batches = List.copyOf(proposed);
    proposed.clear();
    for (Batch batch : batches) {
      for (long id : batch.leaseIds) {
        abandoned.add(id);
        parked.release(id).forEach(Parked::notLeading);
      }
    }
  }

  /** Leases were made and ended by what was just applied. */
  void applied(List<Long> created, List<Long> ended) {
    expiredJustNow.clear();
    if (term == 0) {
      return;
    }
    for (long id : created) {
      leases.find(id).ifPresent(lease -> begin(id, (int) lease.ttlMillis(), lease.isSuspect()));
    }
    for (long id : ended) {
      int slot = timers.find(id);
      if (slot != LeaseTimers.NONE) {
        if (timers.state(slot) == LeaseTimers.EXPIRING) {
          expiredJustNow.add(id);
        }
        timers.remove(slot);
        guard.ended(id);
        parked.release(id).forEach(Parked::gone);
      }
    }
  }

  /**
   * What was just applied gave keys to these leases: a lease with keys is held no longer, for a
   * lock must not outlive who holds it.
   */
  void givenKeys(List<Long> leaseIds) {
    for (long id : leaseIds) {
      if (leases.hasKeys(id) && guard.letGo(id)) {
        timers.lapse(timers.find(id));
      }
    }
  }

  /**
   * The lease was named to a client as alive by what was just applied: it counts as a renewal,
   * since a repeated command may be answered long after the lease was made. The commit is the proof
   * of leadership.
   */
  void named(long leaseId) {
    int slot = timers.find(leaseId);
    if (slot != LeaseTimers.NONE && timers.state(slot) != LeaseTimers.EXPIRING) {
      extend(slot, presentNanos());
    }
  }

  /**
   * Whether a command that was just applied and named the lease must not be answered with it: what
   * ends the lease stands behind that command in the log, or may. Whoever asks again stands behind
   * the end. An end that is older is no reason: a session is told again what it was told then.
   */
  boolean isOvertaken(long leaseId) {
    int slot = timers.find(leaseId);
    return (slot != LeaseTimers.NONE && timers.state(slot) == LeaseTimers.EXPIRING)
        || expiredJustNow.contains(leaseId)
        || abandoned.contains(leaseId);
  }

  /**
   * Renews. The caller has had leadership confirmed by a quorum round that began after the request
   * arrived.
   */
  void renew(long[] leaseIds, LeaseRenewal.Listener listener) {
    if (term == 0) {
      listener.notLeading();
      return;
    }
    var renewal = new LeaseRenewal(leaseIds.length, listener);
    long present = presentNanos();
    for (int i = 0; i < leaseIds.length; i++) {
      int slot = timers.find(leaseIds[i]);
      if (slot == LeaseTimers.NONE) {
        renewal.put(i, 0);
      } else if (timers.state(slot) == LeaseTimers.EXPIRING) {
        parked.park(leaseIds[i], renewal, i);
      } else {
        extend(slot, present);
        renewal.put(i, timers.ttlMillis(slot));
      }
    }
    renewal.answerIfComplete();
  }

  /** Leases whose deadline is watched; 0 on a node that does not lead. */
  public int size() {
    return timers.size();
  }

  /** Leases that lapsed and are neither renewed nor proposed to end. Any thread. */
  int lapsed() {
    return lapsed;
  }

  /** Nothing is proposed where the guard never engages and no lease is suspect. */
  private static void nothing(long ofTerm, Command command, Runnable settled) {
    throw new IllegalStateException("without a guard: " + command);
  }

  private void begin(long leaseId, int ttlMillis, boolean isSuspect) {
    int slot = timers.add(leaseId, ttlMillis, presentNanos());
    if (isSuspect) {
      timers.doubt(slot);
    }
  }

  private void passed(long leaseId) {
    if (!guard.lapsed(leaseId)) {
      timers.lapse(timers.find(leaseId));
    }
  }

  private void extend(int slot, long presentNanos) {
    long before = timers.deadlineNanos(slot);
    timers.extend(slot, presentNanos);
    if (timers.state(slot) != LeaseTimers.LIVE) {
      timers.revive(slot);
      guard.renewed(timers.id(slot), before);
    }
  }

  private long presentNanos() {
    return leaseClock.presentNanos(clock.nanoTime());
  }

  private void proposeLapsed() {
    while (proposed.size() < batchesMax) {
      long[] leaseIds = takeBatch();
      if (leaseIds.length == 0) {
        return;
      }
      var batch = new Batch(leaseIds);
      proposed.add(batch);
      expiries.propose(term, new Longs(leaseIds), () -> settled(batch));
    }
  }

  private long[] takeBatch() {
    var batch = new long[BATCH_LEASES_MAX];
    int count = 0;
    int carried = 0;
    long keyBytes = 0;
    while (count < BATCH_LEASES_MAX
        && carried < BATCH_CARRIED_MAX
        && keyBytes < BATCH_KEY_BYTES_MAX) {
      int slot = timers.firstLapsed();
      if (slot == LeaseTimers.NONE) {
        break;
      }
      timers.expire(slot);
      batch[count++] = timers.id(slot);
      carried += leases.find(timers.id(slot)).map(lease -> lease.instances().size()).orElse(0);
      var claim = leases.keyClaim(timers.id(slot));
      carried += claim.keys();
      keyBytes += claim.bytes();
    }
    return Arrays.copyOf(batch, count);
  }

  /** The batch is applied, or certainly never will be: then its leases live on, or lapse again. */
  private void settled(Batch batch) {
    if (!proposed.remove(batch)) {
      return;
    }
    boolean isApplied = true;
    for (long id : batch.leaseIds) {
      int slot = timers.find(id);
      if (slot != LeaseTimers.NONE) {
        isApplied = false;
        unmark(slot);
      }
    }
    // After a refusal the next confirmation is soon enough, and no hot loop.
    if (isApplied) {
      proposeLapsed();
    }
  }

  private void unmark(int slot) {
    var waiting = parked.release(timers.id(slot));
    long id = timers.id(slot);
    if (waiting.isEmpty() && leases.isSuspect(id) && !leases.hasKeys(id)) {
      // The floor of its service keeps it, perhaps for long: it is asked again after another TTL.
      timers.extend(slot, presentNanos());
      timers.revive(slot);
      timers.doubt(slot);
      return;
    }
    if (waiting.isEmpty()) {
      timers.lapse(slot);
      return;
    }
    extend(slot, presentNanos());
    waiting.forEach(renewal -> renewal.renewed(timers.ttlMillis(slot)));
  }

  /** Leases in one proposed command; equal to itself alone. */
  private static final class Batch {
    private final long[] leaseIds;

    private Batch(long[] leaseIds) {
      this.leaseIds = leaseIds;
    }
  }
}
