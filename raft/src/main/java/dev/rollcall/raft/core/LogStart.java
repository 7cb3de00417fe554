package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Restored.ConfigurationAt;

/**
 * Where a log begins that holds nothing yet: behind an entry that it does not have itself, because
 * a snapshot holds everything up to there.
 *
 * @param previous the last entry that the snapshot holds; {@link EntryId#NONE} for a node that
 *     joins with nothing
 * @param configuration in force at {@code previous}, so at or below its index
 */
public record LogStart(EntryId previous, ConfigurationAt configuration) {
  public LogStart {
    Invariant.check(
        configuration.index() <= previous.index(),
        "configuration of %d in force at %d",
        configuration.index(),
        previous.index());
  }
}
