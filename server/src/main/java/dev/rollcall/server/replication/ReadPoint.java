package dev.rollcall.server.replication;

/**
 * Leave to read: the store's snapshots taken from now on are as fresh as the read asked for.
 *
 * @param revision of the registry on this node at least
 * @param lagMillis since the node last heard from a leader and had applied all it then knew of; 0
 *     for a linearizable read, {@link #LAG_UNKNOWN_MILLIS} when it never heard from one in this
 *     life
 */
public record ReadPoint(long revision, long lagMillis) {
  /** The lag of a node that has not heard from any leader since it started. */
  public static final long LAG_UNKNOWN_MILLIS = Long.MAX_VALUE;
}
