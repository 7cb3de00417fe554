package dev.rollcall.store.lease;

import dev.rollcall.store.instance.InstanceKey;
import java.util.List;

/**
 * What keeps instances alive.
 *
 * @param ttlMillis time to live without renewal, in lease time
 * @param foldedNamespace of all its instances
 * @param instances in order of key, at most {@link #INSTANCES_MAX}
 */
public record Lease(long id, long ttlMillis, String foldedNamespace, List<InstanceKey> instances) {
  /** How many instances a lease carries at most. */
  public static final int INSTANCES_MAX = 1_000;

  /** Shortest time to live. */
  public static final long TTL_MILLIS_MIN = 1_000;

  /** Longest time to live: 24 hours. */
  public static final long TTL_MILLIS_MAX = 86_400_000;

  public Lease {
    instances = List.copyOf(instances);
  }
}
