package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Ready.RefusalReason;
import dev.rollcall.raft.core.Ready.RoleState;
import dev.rollcall.raft.driver.Inbox.OpenProposal;
import dev.rollcall.raft.driver.Inbox.ReadGroup;
import java.util.List;
import java.util.Optional;

/** What reaches the {@link Applier}, in one queue and one order. */
sealed interface Handover<R> {
  /**
   * Everything of one pass of the raft loop that concerns the state machine's side, taken in the
   * order of the components. The role comes first: an entry that a later leader put in the place of
   * this node's no-op must not look like it. Reads come before the confirmation of their round.
   */
  record Pass<R>(
      Optional<RoleState> role,
      List<Accepted<R>> accepted,
      List<Refused<R>> refused,
      List<Entry> entries,
      List<Granted> reads,
      List<ReadGroup> failedReads,
      Optional<Long> confirmedTerm)
      implements Handover<R> {
    /** Of proposals that the loop refused without asking the core. */
    static <R> Pass<R> ofRefusals(List<Refused<R>> refused) {
      return new Pass<>(
          Optional.empty(), List.of(), refused, List.of(), List.of(), List.of(), Optional.empty());
    }
  }

  /** Something else that is to run on the apply thread. */
  record Task<R>(Runnable task) implements Handover<R> {}

  /** A proposal became this entry. */
  record Accepted<R>(EntryId id, OpenProposal<R> proposal) {}

  /** A proposal became none. */
  record Refused<R>(OpenProposal<R> proposal, RefusalReason reason, Optional<NodeId> leader) {}

  /** Reads may run once this index is applied. */
  record Granted(long index, ReadGroup group) {}
}
