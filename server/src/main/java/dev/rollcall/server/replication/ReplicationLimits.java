package dev.rollcall.server.replication;

import dev.rollcall.store.ChangeLogRetention;
import java.time.Duration;

/**
 * Numbers of this room. What exceeds the first two is answered {@link Failure#OVERLOADED} at once.
 *
 * @param requestsOpenMax requests that wait for their answer on this node. Trade: memory against
 *     refusals when many clients wait out a failover.
 * @param bytesOpenMax encoded commands among them
 * @param patience for the first answer of a leader to a forwarded request that is safe to repeat;
 *     it doubles with each repeat. Danger: below a slow commit every write is sent twice.
 * @param expiryBatchesMax ExpireLeases proposed and not yet applied. Trade: the speed of a mass
 *     expiry against the writes of clients beside it.
 * @param guard against mass expiry
 * @param changeLog how much of it is kept while this node leads
 */
public record ReplicationLimits(
    int requestsOpenMax,
    long bytesOpenMax,
    Duration patience,
    int expiryBatchesMax,
    GuardLimits guard,
    ChangeLogRetention changeLog) {
  /** What a server runs with. */
  public static final ReplicationLimits DEFAULT =
      new ReplicationLimits(50_000, 64L << 20, Duration.ofSeconds(1), 4);

  /** With the guard and the change log that a server runs with. */
  public ReplicationLimits(
      int requestsOpenMax, long bytesOpenMax, Duration patience, int expiryBatchesMax) {
    this(
        requestsOpenMax,
        bytesOpenMax,
        patience,
        expiryBatchesMax,
        GuardLimits.DEFAULT,
        ChangeLogRetention.DEFAULT);
  }

  /** The same with another guard. */
  public ReplicationLimits withGuard(GuardLimits other) {
    return new ReplicationLimits(
        requestsOpenMax, bytesOpenMax, patience, expiryBatchesMax, other, changeLog);
  }

  /** The same with another change log. */
  public ReplicationLimits withChangeLog(ChangeLogRetention other) {
    return new ReplicationLimits(
        requestsOpenMax, bytesOpenMax, patience, expiryBatchesMax, guard, other);
  }

  public ReplicationLimits {
    if (requestsOpenMax < 1 || bytesOpenMax < 1 || expiryBatchesMax < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
    if (patience.isNegative() || patience.isZero()) {
      throw new IllegalArgumentException("patience must be positive: " + patience);
    }
  }
}
