package dev.rollcall.raft.core;

/**
 * One entry of the replicated log.
 *
 * @param id term and index
 * @param kind what it is for
 * @param wallMillis wall clock of the leader that made it, in milliseconds since 1970; the state
 *     machine takes the maximum over the log as its time
 * @param payload empty for a no-op
 */
public record Entry(EntryId id, EntryKind kind, long wallMillis, Payload payload) {
  /** Bytes an entry costs beside its payload, for limits on batches and windows. */
  public static final int OVERHEAD_BYTES = 32;

  /** Term of the leader that made it. */
  public long term() {
    return id.term();
  }

  /** Position in the log. */
  public long index() {
    return id.index();
  }

  /** What the entry counts for in limits on bytes. */
  public int sizeBytes() {
    return OVERHEAD_BYTES + payload.length();
  }
}
