package dev.rollcall.server.replication;

import java.util.List;

/**
 * One request to renew leases, answered once, when each of its ids has its answer. Apply thread
 * only.
 */
final class LeaseRenewal {
  private final long[] ttlMillis;
  private final Listener listener;
  private int missing;
  private boolean isAnswered;

  LeaseRenewal(int size, Listener listener) {
    this.ttlMillis = new long[size];
    this.listener = listener;
    this.missing = size;
  }

  /** Hears what became of it: one of the two, once. */
  interface Listener {
    /** TTLs in milliseconds in the order of the ids asked, 0 for a lease that does not exist. */
    void renewed(List<Long> ttlMillis);

    /** This node does not lead (any more); some leases may have been renewed. */
    void notLeading();
  }

  /** The answer for one id; called once for each. */
  void put(int position, long ttl) {
    ttlMillis[position] = ttl;
    missing--;
  }

  /** Answers if nothing is missing. */
  void answerIfComplete() {
    if (missing == 0 && !isAnswered) {
      isAnswered = true;
      listener.renewed(new Longs(ttlMillis));
    }
  }

  /** Answers that nobody here can say. */
  void notLeading() {
    if (!isAnswered) {
      isAnswered = true;
      listener.notLeading();
    }
  }
}
