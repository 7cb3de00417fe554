package dev.rollcall.raft.core;

/**
 * Numbers of the protocol. The driver's tick is 20 ms in production.
 *
 * @param heartbeatTicks ticks between heartbeats. Trade: traffic against freshness of commit index
 *     and lease time. Danger: near the election timeout one lost heartbeat elects.
 * @param electionTimeoutTicks silence before a follower campaigns; each wait is drawn from [t, 2t).
 *     Trade: failover time against needless elections. Danger: below 5 heartbeats one slow fsync
 *     elects.
 * @param commitRecordTicks age at which a commit index that no write has recorded is recorded by a
 *     write of its own, so that a restarted node without quorum knows what it may show.
 * @param appendBytesMax entries in one AppendEntries. Trade: throughput against latency of
 *     heartbeats behind it on a slow link.
 * @param appendsInFlightMax AppendEntries sent to one follower and not yet answered. Danger: deep
 *     windows on a slow disk pile up there (hashicorp/raft#541).
 * @param uncommittedBytesMax entries appended and not yet both committed and durable here; more is
 *     refused as OVERLOADED, except that one proposal of any size is taken when there are none.
 * @param applyBytesMax entries in one Ready.toApply, which becomes one write batch of the store;
 *     twice as much may be handed out and not yet applied.
 * @param cachedBytesMax entries kept in memory after they are durable and committed, so that
 *     followers near the tail and the state machine are served without a read of the disk.
 */
public record RaftConfig(
    int heartbeatTicks,
    int electionTimeoutTicks,
    int commitRecordTicks,
    int appendBytesMax,
    int appendsInFlightMax,
    long uncommittedBytesMax,
    int applyBytesMax,
    long cachedBytesMax) {

  /** What a server runs with: heartbeats each 100 ms, elections after 0.8 to 1.6 s of silence. */
  public static final RaftConfig DEFAULT =
      new RaftConfig(5, 40, 25, 1 << 20, 8, 64L << 20, 4 << 20, 32L << 20);

  public RaftConfig {
    require(heartbeatTicks >= 1, "heartbeatTicks must be at least 1");
    require(
        electionTimeoutTicks >= 5 * heartbeatTicks,
        "electionTimeoutTicks must be at least 5 x heartbeatTicks");
    require(commitRecordTicks >= 1, "commitRecordTicks must be at least 1");
    require(appendBytesMax >= 1, "appendBytesMax must be positive");
    require(appendsInFlightMax >= 1, "appendsInFlightMax must be at least 1");
    require(uncommittedBytesMax >= 1, "uncommittedBytesMax must be positive");
    require(applyBytesMax >= 1, "applyBytesMax must be positive");
    require(cachedBytesMax >= 0, "cachedBytesMax must not be negative");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
