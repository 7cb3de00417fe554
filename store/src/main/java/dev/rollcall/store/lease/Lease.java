package dev.rollcall.store.lease;

import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import java.util.List;

/**
 * What keeps instances alive, and keys.
 *
 * @param ttlMillis time to live without renewal, in lease time
 * @param foldedNamespace of all that it carries
 * @param endsWithLastInstance whether it was made with its first instances and ends once it carries
 *     neither instance nor key; else it was granted, and carries nothing at times
 * @param isSuspect whether it lapsed and was not let expire: its instances are suspect too
 * @param instances in order of key, at most {@link #INSTANCES_MAX}
 */
public record Lease(
    long id,
    long ttlMillis,
    String foldedNamespace,
    boolean endsWithLastInstance,
    boolean isSuspect,
    List<InstanceKey> instances) {
  /** How many instances a lease carries at most. */
  public static final int INSTANCES_MAX = 1_000;

  /** How many keys a lease carries at most. */
  public static final int KEYS_MAX = 1_000;

  /** Bytes of keys and values that a lease carries at most: all of it ends at one revision. */
  public static final int KEY_BYTES_MAX = 4 << 20;

  /** Shortest time to live. */
  public static final long TTL_MILLIS_MIN = 1_000;

  /** Time to live where nobody names one. */
  public static final long TTL_MILLIS_DEFAULT = 30_000;

  /** Longest time to live: 24 hours. */
  public static final long TTL_MILLIS_MAX = 86_400_000;

  public Lease {
    instances = List.copyOf(instances);
  }

  /** A lease that is not suspect. */
  public Lease(
      long id,
      long ttlMillis,
      String foldedNamespace,
      boolean endsWithLastInstance,
      List<InstanceKey> instances) {
    this(id, ttlMillis, foldedNamespace, endsWithLastInstance, false, instances);
  }

  /** The same lease, suspect or not. */
  public Lease withSuspicion(boolean suspect) {
    return new Lease(id, ttlMillis, foldedNamespace, endsWithLastInstance, suspect, instances);
  }

  /** The same lease with other instances, in order of key. */
  public Lease withInstances(List<InstanceKey> others) {
    return new Lease(id, ttlMillis, foldedNamespace, endsWithLastInstance, isSuspect, others);
  }

  /**
   * Checks a time to live.
   *
   * @throws InvalidRequest when it is out of range
   */
  public static void requireTtl(long ttlMillis) {
    if (ttlMillis < TTL_MILLIS_MIN || ttlMillis > TTL_MILLIS_MAX) {
      throw new InvalidRequest(
          Rule.TTL_OUT_OF_RANGE, "ttl must be 1000 to 86400000 ms: " + ttlMillis);
    }
  }
}
