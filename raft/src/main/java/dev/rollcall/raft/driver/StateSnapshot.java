package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Payload;

/**
 * A state machine's state at one moment, to be sent to a node that is too far behind. Used on one
 * thread at a time, which is not the apply thread, while the state machine goes on.
 */
public interface StateSnapshot extends AutoCloseable {
  /** Index of the last entry that the state contains. */
  long lastIndex();

  /**
   * The piece that follows on a position; the same for the same arguments, whenever it is asked
   * for.
   *
   * @param after {@link Chunk#position} of the piece before; empty for the first
   * @param bytesMax roughly, since a state machine may not be able to cut everywhere
   * @throws IllegalArgumentException when {@code after} is no position
   */
  Chunk chunk(Payload after, int bytesMax);

  /** Lets go of what was held for it. */
  @Override
  void close();

  /**
   * A piece of a snapshot.
   *
   * @param bytes with all that the receiver needs to verify them
   * @param position where the next piece begins
   * @param isLast whether the snapshot ends with this one
   */
  record Chunk(Payload bytes, Payload position, boolean isLast) {}
}
