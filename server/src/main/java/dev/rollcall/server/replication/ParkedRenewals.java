package dev.rollcall.server.replication;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Renewals that wait for what becomes of a lease whose end is proposed; by lease, oldest first. Few
 * at any time. Apply thread only.
 */
final class ParkedRenewals {
  private final Map<Long, List<Parked>> byLease = new HashMap<>();

  /** The renewal waits; its answer for this lease goes to this position. */
  void park(long leaseId, LeaseRenewal renewal, int position) {
    byLease
        .computeIfAbsent(leaseId, unused -> new ArrayList<>(1))
        .add(new Parked(renewal, position));
  }

  /** The renewals that wait for the lease; they wait no more. */
  List<Parked> release(long leaseId) {
    var waiting = byLease.remove(leaseId);
    return waiting == null ? List.of() : waiting;
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
