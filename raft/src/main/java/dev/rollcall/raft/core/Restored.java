package dev.rollcall.raft.core;

import java.util.List;

/**
 * What a node knows of itself when it starts, read back from its log.
 *
 * @param hardState latest durable term and vote
 * @param commitIndex highest commit index recorded in the log; never above its last index
 * @param lastApplied index the state machine already contains, at or below {@code commitIndex}
 * @param configurations every configuration in the log, by ascending index; at least one
 */
public record Restored(
    HardState hardState, long commitIndex, long lastApplied, List<ConfigurationAt> configurations) {
  public Restored {
    configurations = List.copyOf(configurations);
    Invariant.check(!configurations.isEmpty(), "a log without a configuration");
    Invariant.check(lastApplied <= commitIndex, "applied %d > commit %d", lastApplied, commitIndex);
  }

  /** A configuration and the index of its entry. */
  public record ConfigurationAt(long index, Configuration configuration) {}
}
