package dev.rollcall.server.replication;

import java.util.ArrayList;
import java.util.List;

/**
 * One lease in the leader's memory: LIVE → LAPSED → EXPIRING → GONE, back to LIVE from LAPSED and
 * EXPIRING, and to GONE from anywhere. Apply thread only; {@link LeaseExpirer} moves it.
 */
final class LeaseTimer {
  /** Where it is. */
  enum State {
    /** Filed in {@link LeaseTimers} under its deadline as it was then. */
    LIVE,
    /** Its deadline passed and it waits for its turn; still renewable. */
    LAPSED,
    /** Its end is proposed. */
    EXPIRING,
    /** It ended; whoever still holds it drops it. */
    GONE
  }

  final long id;
  final long ttlMillis;
  State state = State.LIVE;
  long deadlineNanos;
  private List<Parked> parked = List.of();

  LeaseTimer(long id, long ttlMillis) {
    this.id = id;
    this.ttlMillis = ttlMillis;
  }

  /** The renewal waits for what becomes of this lease. */
  void park(LeaseRenewal renewal, int position) {
    if (parked.isEmpty()) {
      parked = new ArrayList<>(1);
    }
    parked.add(new Parked(renewal, position));
  }

  /** The renewals that wait; they wait no more. */
  List<Parked> release() {
    var waiting = parked;
    parked = List.of();
    return waiting;
  }

  /** A renewal that waits, and which of its ids for. */
  record Parked(LeaseRenewal renewal, int position) {
    /** The lease's end came true. */
    void gone() {
      renewal.put(position, 0);
      renewal.answerIfComplete();
    }

    /** The lease's end certainly never will, and it is renewed. */
    void renewed(long ttlMillis) {
      renewal.put(position, ttlMillis);
      renewal.answerIfComplete();
    }

    /** Nobody here can say any more. */
    void notLeading() {
      renewal.notLeading();
    }
  }
}
