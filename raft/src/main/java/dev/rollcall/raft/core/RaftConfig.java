package dev.rollcall.raft.core;

/**
 * Numbers of the protocol, in groups that are varied together. The driver's tick is 20 ms in
 * production.
 */
public record RaftConfig(Timing timing, Flow flow, Compaction compaction, Promotion promotion) {

  /** What a server runs with: heartbeats each 100 ms, elections after 0.8 to 1.6 s of silence. */
  public static final RaftConfig DEFAULT =
      new RaftConfig(
          new Timing(5, 40, 25, 500, 100),
          new Flow(1 << 20, 8, 64L << 20, 4 << 20, 32L << 20),
          new Compaction(10_000, 32L << 20, 512L << 20),
          new Promotion(1_000, 50));

  /** With another timing. */
  public RaftConfig with(Timing other) {
    return new RaftConfig(other, flow, compaction, promotion);
  }

  /** With another flow. */
  public RaftConfig with(Flow other) {
    return new RaftConfig(timing, other, compaction, promotion);
  }

  /** With another compaction. */
  public RaftConfig with(Compaction other) {
    return new RaftConfig(timing, flow, other, promotion);
  }

  /** With another promotion. */
  public RaftConfig with(Promotion other) {
    return new RaftConfig(timing, flow, compaction, other);
  }

  /**
   * What happens after how many ticks.
   *
   * @param heartbeatTicks ticks between heartbeats. Trade: traffic against freshness of commit
   *     index and lease time. Danger: near the election timeout one lost heartbeat elects.
   * @param electionTimeoutTicks silence before a follower campaigns; each wait is drawn from [t,
   *     2t). Trade: failover time against needless elections. Danger: below 5 heartbeats one slow
   *     fsync elects.
   * @param commitRecordTicks age at which a commit index that no write has recorded is recorded by
   *     a write of its own, so that a restarted node without quorum knows what it may show.
   * @param verifyTicks how often a leader lets the members compare their state, if the log moved.
   *     Trade: how late a divergence is found against the cost of a digest.
   * @param diskStallTicks age of the oldest write in flight at which a leader hands over. Danger:
   *     below what a busy disk takes now and then, leadership wanders.
   */
  public record Timing(
      int heartbeatTicks,
      int electionTimeoutTicks,
      int commitRecordTicks,
      int verifyTicks,
      int diskStallTicks) {
    public Timing {
      require(heartbeatTicks >= 1, "heartbeatTicks must be at least 1");
      require(
          electionTimeoutTicks >= 5 * heartbeatTicks,
          "electionTimeoutTicks must be at least 5 x heartbeatTicks");
      require(commitRecordTicks >= 1, "commitRecordTicks must be at least 1");
      require(verifyTicks >= 1, "verifyTicks must be at least 1");
      require(diskStallTicks >= 1, "diskStallTicks must be at least 1");
    }
  }

  /**
   * How much is under way at once.
   *
   * @param appendBytesMax entries in one AppendEntries. Trade: throughput against latency of
   *     heartbeats behind it on a slow link.
   * @param appendsInFlightMax AppendEntries sent to one follower and not yet answered. Danger: deep
   *     windows on a slow disk pile up there (hashicorp/raft#541).
   * @param uncommittedBytesMax entries appended and not yet both committed and durable here; more
   *     is refused as OVERLOADED, except that one proposal of any size is taken when there are
   *     none.
   * @param applyBytesMax entries in one Ready.toApply, which becomes one write batch of the store;
   *     twice as much may be handed out and not yet applied.
   * @param cachedBytesMax entries kept in memory after they are durable and committed, so that
   *     followers near the tail and the state machine are served without a read of the disk.
   */
  public record Flow(
      int appendBytesMax,
      int appendsInFlightMax,
      long uncommittedBytesMax,
      int applyBytesMax,
      long cachedBytesMax) {
    public Flow {
      require(appendBytesMax >= 1, "appendBytesMax must be positive");
      require(appendsInFlightMax >= 1, "appendsInFlightMax must be at least 1");
      require(uncommittedBytesMax >= 1, "uncommittedBytesMax must be positive");
      require(applyBytesMax >= 1, "applyBytesMax must be positive");
      require(cachedBytesMax >= 0, "cachedBytesMax must not be negative");
    }
  }

  /**
   * What stays in the log once the state machine has made it durable ({@link
   * RaftEvent.Compactable}). Bytes are those appended in this life of the node; what was in the log
   * before counts by entries alone.
   *
   * @param keptEntries last entries that stay, so that a follower which was away for a moment needs
   *     no snapshot
   * @param keptBytesMax as few of those stay as fit in this
   * @param pinnedBytesMax how much more a leader keeps for a peer that it hears and that still
   *     needs it, be it for lagging or while it fetches a snapshot. Trade: disk against snapshots
   *     sent in vain: a peer that fetches more slowly than this fills needs another one.
   */
  public record Compaction(int keptEntries, long keptBytesMax, long pinnedBytesMax) {
    public Compaction {
      require(keptEntries >= 0, "keptEntries must not be negative");
      require(keptBytesMax >= 0, "keptBytesMax must not be negative");
      require(pinnedBytesMax >= 0, "pinnedBytesMax must not be negative");
    }
  }

  /**
   * When a learner becomes a voter: as soon as its disk was no further behind than {@code
   * gapEntries} in each of {@code ticks} consecutive ticks. Danger: a voter that cannot follow the
   * load holds up every commit.
   */
  public record Promotion(int gapEntries, int ticks) {
    public Promotion {
      require(gapEntries >= 0, "gapEntries must not be negative");
      require(ticks >= 1, "ticks must be at least 1");
    }
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
