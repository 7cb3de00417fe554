package dev.rollcall.raft.core;

/**
 * How much of the log a node forgets once its state machine has made it durable. Never what is not
 * committed and durable here; not the tail that {@link RaftConfig.Compaction} keeps; and on a
 * leader not what a peer in hearing still needs, within a bound.
 */
final class Compaction {
  private final RaftConfig.Compaction config;
  private final RaftLog log;
  private final Durability durability;
  private final ConfigurationHistory configurations;
  private final Outbox out;

  Compaction(
      RaftConfig.Compaction config,
      RaftLog log,
      Durability durability,
      ConfigurationHistory configurations,
      Outbox out) {
    this.config = config;
    this.log = log;
    this.durability = durability;
    this.configurations = configurations;
    this.out = out;
  }

  /**
   * Forgets what it may; whether that is anything.
   *
   * @param compactable the state machine is durable up to here
   * @param neededFrom what peers in hearing still need of this leader's log, {@link Long#MAX_VALUE}
   *     when nothing
   */
  boolean run(long compactable, long neededFrom) {
    long kept =
        Math.max(
            log.lastIndex() + 1 - config.keptEntries(), log.firstOfLast(config.keptBytesMax()));
    long pinned = Math.max(neededFrom, log.firstOfLast(config.pinnedBytesMax()));
    long safe = Math.min(compactable, Math.min(log.commitIndex(), durability.durableIndex())) + 1;
    long first = Math.min(safe, Math.min(kept, pinned));
    if (first <= log.previous().index() + 1) {
      return false;
    }
    log.forgetBefore(first);
    configurations.forgetBefore(first);
    out.compactTo(first);
    return true;
  }
}
