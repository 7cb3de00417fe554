package dev.rollcall.store;

/** How far the log is applied, and the numbers that only ever rise. Apply thread. */
final class Counters {
  long lastApplied;
  long revision;

  /** Lowest revision that the change log holds; one more than the last when it holds none. */
  long compactRevision = 1;

  long lastLeaseId;
  long lastSessionId;

  /** That the cluster has agreed on. */
  int featureLevel = Features.FIRST_LEVEL;

  /** Highest wall clock seen in an entry. */
  long wallMillis;

  /** Over everything applied. */
  Digest digest = Digest.NONE;
}
