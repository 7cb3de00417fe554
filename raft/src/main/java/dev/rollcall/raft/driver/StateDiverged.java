package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.StateDigest;

/**
 * This node's state is not what a majority has at the same place of the log, or no majority has any
 * in common. What it serves may be wrong, so that it stops at once; its directory stays as it is,
 * for whoever looks for the cause.
 */
public final class StateDiverged extends RuntimeException {
  private static final long serialVersionUID = 1;

  StateDiverged(StateDigest agreed) {
    super(
        agreed.digest().length() == 0
            ? "the voters' states differ at entry %d, and no majority agrees"
                .formatted(agreed.index())
            : "the state at entry %d is not the majority's".formatted(agreed.index()));
  }
}
