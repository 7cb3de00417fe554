package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Ready.RefusalReason;
import java.util.Optional;

/**
 * Hears what became of one proposal: exactly one of the three methods is called, at most once, on
 * the apply thread unless said otherwise. While it is open whether the entry will commit, none is
 * called, nor after a snapshot has carried the state past its place: whoever waits needs a
 * deadline, and when that passes the outcome is indeterminate. Must not block; what it throws stops
 * the node.
 *
 * @param <R> what applying a command yields
 */
public interface ProposalListener<R> {
  /** The command was committed and applied here as the entry at {@code index}. */
  void applied(long index, R result);

  /**
   * The command was not appended and never will be.
   *
   * @param leader who leads now as far as this node knows, which may be itself. When the door was
   *     full this runs on the proposer's thread, before {@link RaftNode#propose} returns
   */
  void refused(RefusalReason reason, Optional<NodeId> leader);

  /** The command was appended, but another entry took its place for good: it was not applied. */
  void lost();
}
