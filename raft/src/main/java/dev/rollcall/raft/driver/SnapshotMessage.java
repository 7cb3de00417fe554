package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.driver.StateSnapshot.Chunk;

/**
 * How a node gets another's state: it asks for one piece after the other, from wherever it is, as
 * often as it needs to. Carries no term: what is in a snapshot is committed, whoever has it.
 * Messages may be lost, repeated, delayed for ever and reordered.
 */
public sealed interface SnapshotMessage {
  /** Of a request for whichever snapshot there is. */
  long ANY = 0;

  /** Which snapshot: a number that its node gave it, never reused by any life of it. */
  long snapshotId();

  /**
   * Asks for a piece.
   *
   * @param snapshotId {@link #ANY} for the first piece
   * @param fromIndex a snapshot as of this entry, or of a later one, is of use
   * @param after position of the piece before; empty for the first
   */
  record FetchSnapshot(long snapshotId, long fromIndex, Payload after) implements SnapshotMessage {}

  /**
   * A piece.
   *
   * @param start where the log goes on that belongs to the state
   * @param after as in the request
   */
  record SnapshotChunk(long snapshotId, LogStart start, Payload after, Chunk chunk)
      implements SnapshotMessage {}

  /** There is no such snapshot any more: begin with another. */
  record SnapshotGone(long snapshotId) implements SnapshotMessage {}
}
