package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Role;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a node is and how far it has come, as of the raft loop's last pass, at most about a tick
 * ago.
 *
 * @param self this node
 * @param leader who leads {@code term}, if known; may be {@code self}
 * @param commitIndex highest index known to be committed
 * @param lastApplied highest index the state machine contains
 * @param lastIndex end of the log, durable or not
 * @param durableIndex up to which the log is durable here
 * @param configuration in force, committed or not
 * @param configurationIndex of the entry that carries it
 * @param matchIndexes on a leader how far the durable log of each member equals its own, as of the
 *     last tick, or since it leads; else empty
 * @param leaderContactNanos {@link Clock#nanoTime} of a moment so that everything committed
 *     anywhere before it is applied here: how stale this node can be. Proved by a confirmed read,
 *     on the leader and on followers alike, renewed about each half election timeout; a heartbeat
 *     alone would not do, since it may come from a leader that does not know yet that it was
 *     replaced, or to a follower that lags. Empty before the first
 */
public record RaftStatus(
    NodeId self,
    Role role,
    long term,
    Optional<NodeId> leader,
    long commitIndex,
    long lastApplied,
    long lastIndex,
    long durableIndex,
    Configuration configuration,
    long configurationIndex,
    Map<NodeId, Long> matchIndexes,
    OptionalLong leaderContactNanos) {
  public RaftStatus {
    matchIndexes = Map.copyOf(matchIndexes);
  }

  /** Whether the configuration in force is known to be committed. */
  public boolean isConfigurationCommitted() {
    return configurationIndex <= commitIndex;
  }
}
