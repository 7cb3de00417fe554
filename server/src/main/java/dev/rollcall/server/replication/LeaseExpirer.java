package dev.rollcall.server.replication;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.replication.LeaseTimer.State;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.lease.Leases;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Who is alive, in the memory of the leader: deadlines of leases in {@link LeaseClock lease time},
 * never replicated. Idle → leading ({@link #leadershipStarted}: every lease gets its full TTL) →
 * idle ({@link #leadershipEnded}: everything is forgotten). Apply thread only, so the leases it
 * counts and the state it ends them in are of one moment.
 *
 * <p>A lease: LIVE → its deadline passes → LAPSED, queued → its end is proposed → EXPIRING → the
 * end is applied → gone. A renewal returns it to LIVE until it is EXPIRING; then the renewal waits,
 * since the end may or may not come true: it is answered "gone" once it has, and counts once it
 * certainly will not. The argument why nobody is removed who was told to be alive is in the
 * package's documentation.
 */
final class LeaseExpirer {
  /** Leases that one command ends at most. */
  static final int BATCH_LEASES_MAX = 500;

  /**
   * Instances after which a command ends no further lease, so that no entry grows out of bounds.
   */
  static final int BATCH_INSTANCES_MAX = 1_000;

  private final Leases leases;
  private final Expiries expiries;
  private final Clock clock;
  private final int batchesMax;

  private final LeaseClock leaseClock = new LeaseClock();
  private final LeaseTimers timers = new LeaseTimers();
  private final Map<Long, LeaseTimer> byId = new HashMap<>();
  private final ArrayDeque<LeaseTimer> lapsed = new ArrayDeque<>();
  private final Set<Batch> proposed = new LinkedHashSet<>();
  // 0 while idle.
  private long term;

  LeaseExpirer(Leases leases, Expiries expiries, Clock clock, int batchesMax) {
    this.leases = leases;
    this.expiries = expiries;
    this.clock = clock;
    this.batchesMax = batchesMax;
  }

  /** The way of a batch into the log. */
  interface Expiries {
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
  void leadershipStarted(long newTerm) {
    leadershipEnded();
    term = newTerm;
    leaseClock.start(clock.nanoTime());
    leases.forEach(this::begin);
  }

  /** Moves lease time on and proposes the end of leases that lapsed. */
  void leadershipConfirmed() {
    if (term == 0) {
      return;
    }
    leaseClock.confirmed(clock.nanoTime());
    timers.removeLapsed(leaseClock.confirmedNanos(), this::lapse);
    proposeLapsed();
  }

  /** Forgets everything; renewals that wait are told to look elsewhere. */
  void leadershipEnded() {
    term = 0;
    leaseClock.stop();
    timers.clear();
    byId.clear();
    lapsed.clear();
    var batches = List.copyOf(proposed);
    proposed.clear();
    for (Batch batch : batches) {
      batch.timers.forEach(timer -> timer.release().forEach(LeaseTimer.Parked::notLeading));
    }
  }

  /** Leases were made and ended by what was just applied. */
  void applied(List<Long> created, List<Long> ended) {
    if (term == 0) {
      return;
    }
    created.forEach(id -> leases.find(id).ifPresent(this::begin));
    for (long id : ended) {
      LeaseTimer timer = byId.remove(id);
      if (timer != null) {
        timer.state = State.GONE;
        timer.release().forEach(LeaseTimer.Parked::gone);
      }
    }
  }

  /**
   * The lease was named to a client as alive by what was just applied: it counts as a renewal,
   * since a repeated command may be answered long after the lease was made. The commit is the proof
   * of leadership.
   */
  void named(long leaseId) {
    LeaseTimer timer = byId.get(leaseId);
    if (timer != null && timer.state != State.EXPIRING) {
      extend(timer);
    }
  }

  /**
   * Renews. The caller has had leadership confirmed by a quorum round that began after the request
   * arrived.
   */
  void renew(List<Long> leaseIds, LeaseRenewal.Listener listener) {
    if (term == 0) {
      listener.notLeading();
      return;
    }
    var renewal = new LeaseRenewal(leaseIds.size(), listener);
    for (int i = 0; i < leaseIds.size(); i++) {
      LeaseTimer timer = byId.get(leaseIds.get(i));
      if (timer == null) {
        renewal.put(i, 0);
      } else if (timer.state == State.EXPIRING) {
        timer.park(renewal, i);
      } else {
        extend(timer);
        renewal.put(i, timer.ttlMillis);
      }
    }
    renewal.answerIfComplete();
  }

  /** Leases whose deadline is watched; 0 on a node that does not lead. */
  int size() {
    return byId.size();
  }

  private void begin(Lease lease) {
    var timer = new LeaseTimer(lease.id(), lease.ttlMillis());
    extend(timer);
    timers.file(timer);
    byId.put(timer.id, timer);
  }

  private void extend(LeaseTimer timer) {
    timer.deadlineNanos =
        leaseClock.presentNanos(clock.nanoTime()) + TimeUnit.MILLISECONDS.toNanos(timer.ttlMillis);
  }

  private void lapse(LeaseTimer timer) {
    timer.state = State.LAPSED;
    lapsed.add(timer);
  }

  private void proposeLapsed() {
    while (proposed.size() < batchesMax) {
      Batch batch = takeBatch();
      if (batch.timers.isEmpty()) {
        return;
      }
      proposed.add(batch);
      expiries.propose(
          term, batch.timers.stream().map(timer -> timer.id).toList(), () -> settled(batch));
    }
  }

  private Batch takeBatch() {
    var batch = new Batch(new ArrayList<>());
    int instances = 0;
    while (batch.timers.size() < BATCH_LEASES_MAX && instances < BATCH_INSTANCES_MAX) {
      LeaseTimer timer = lapsed.poll();
      if (timer == null) {
        break;
      }
      if (timer.state == State.GONE) {
        continue;
      }
      if (timer.deadlineNanos > leaseClock.confirmedNanos()) {
        // Renewed while it waited for its turn.
        timer.state = State.LIVE;
        timers.file(timer);
        continue;
      }
      timer.state = State.EXPIRING;
      batch.timers.add(timer);
      instances += leases.find(timer.id).map(lease -> lease.instances().size()).orElse(0);
    }
    return batch;
  }

  /** The batch is applied, or certainly never will be: then its leases live on, or lapse again. */
  private void settled(Batch batch) {
    if (!proposed.remove(batch)) {
      return;
    }
    boolean isApplied = true;
    for (LeaseTimer timer : batch.timers) {
      if (timer.state == State.EXPIRING) {
        isApplied = false;
        unmark(timer);
      }
    }
    // After a refusal the next confirmation is soon enough, and no hot loop.
    if (isApplied) {
      proposeLapsed();
    }
  }

  private void unmark(LeaseTimer timer) {
    var parked = timer.release();
    if (parked.isEmpty()) {
      lapse(timer);
      return;
    }
    timer.state = State.LIVE;
    extend(timer);
    timers.file(timer);
    parked.forEach(waiting -> waiting.renewed(timer.ttlMillis));
  }

  /** Leases in one proposed command; equal to itself alone. */
  private static final class Batch {
    private final List<LeaseTimer> timers;

    private Batch(List<LeaseTimer> timers) {
      this.timers = timers;
    }
  }
}
