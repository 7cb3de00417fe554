package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.RaftConfig;
import java.time.Duration;

/**
 * Numbers of one node.
 *
 * @param self this node's id
 * @param raft numbers of the protocol, counted in ticks
 * @param tick length of a tick. Trade: finer timeouts against wake-ups of an idle node. Danger: an
 *     election timeout below a few fdatasyncs elects for ever
 * @param limits what the node lets in at once
 * @param snapshots numbers of snapshots between nodes
 */
public record RaftNodeConfig(
    NodeId self, RaftConfig raft, Duration tick, Limits limits, SnapshotConfig snapshots) {
  /** What production runs with. */
  public static final Duration DEFAULT_TICK = Duration.ofMillis(20);

  public RaftNodeConfig {
    if (tick.isNegative() || tick.isZero()) {
      throw new IllegalArgumentException("tick must be positive: " + tick);
    }
  }

  /** With {@link Limits#DEFAULT} and {@link SnapshotConfig#DEFAULT}. */
  public RaftNodeConfig(NodeId self, RaftConfig raft, Duration tick) {
    this(self, raft, tick, Limits.DEFAULT);
  }

  /** With {@link SnapshotConfig#DEFAULT}. */
  public RaftNodeConfig(NodeId self, RaftConfig raft, Duration tick, Limits limits) {
    this(self, raft, tick, limits, SnapshotConfig.DEFAULT);
  }

  /**
   * Bounds at the node's door, so that nothing behind it grows without one.
   *
   * @param openProposalsMax proposals whose listener has not been called; one more is refused at
   *     once. Reserved ones ({@link RaftNode#proposeReserved}) have an eighth of it on top
   * @param openProposalBytesMax their payloads together, with an eighth on top as well. Danger:
   *     above the memory that the heap has to spare, since they are held from the call until they
   *     are applied; and near {@link RaftConfig}'s uncommittedBytesMax, where the core refuses what
   *     is reserved too
   * @param openReadsMax reads whose listener has not been called; one more fails at once
   * @param inboxMessagesMax messages of peers received and not yet looked at; one more is dropped,
   *     as a network may do
   * @param inboxBytesMax their entries together, or one message of any size. Danger: below a full
   *     window of appends (see {@link RaftConfig}) every burst loses messages
   */
  public record Limits(
      int openProposalsMax,
      long openProposalBytesMax,
      int openReadsMax,
      int inboxMessagesMax,
      long inboxBytesMax) {
    /** What production runs with. */
    public static final Limits DEFAULT = new Limits(65_536, 48L << 20, 262_144, 16_384, 64L << 20);

    public Limits {
      require(openProposalsMax >= 1, "openProposalsMax must be at least 1");
      require(openProposalBytesMax >= 1, "openProposalBytesMax must be positive");
      require(openReadsMax >= 1, "openReadsMax must be at least 1");
      require(inboxMessagesMax >= 1, "inboxMessagesMax must be at least 1");
      require(inboxBytesMax >= 1, "inboxBytesMax must be positive");
    }

    private static void require(boolean holds, String message) {
      if (!holds) {
        throw new IllegalArgumentException(message);
      }
    }
  }
}
