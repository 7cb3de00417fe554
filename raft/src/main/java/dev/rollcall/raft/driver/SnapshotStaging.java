package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Payload;

/**
 * A state that is being received, beside the one in use. Filling → {@link #finish} → whole → {@link
 * StateMachine#install} → in use; closed in the end, whatever became of it. Used on one thread at a
 * time, which is not the apply thread.
 */
public interface SnapshotStaging extends AutoCloseable {
  /** Where the log goes on that belongs to the state. */
  LogStart start();

  /**
   * Takes the next piece.
   *
   * @throws SnapshotRejected when it is damaged, or out of its place
   */
  void add(Payload bytes);

  /**
   * Verifies that the whole state is there, makes it durable, and does everything else that takes
   * long, so that the install does not.
   *
   * @throws SnapshotRejected when something is missing
   */
  void finish();

  /**
   * Deletes what is not needed: this state, or, once it is in use, the one before. Takes as long as
   * the disk does.
   */
  @Override
  void close();

  /** Nothing can come of what was received. The state in use is untouched. */
  final class SnapshotRejected extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong. */
    public SnapshotRejected(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
