package dev.rollcall.raft.core;

import java.util.List;
import java.util.Optional;

/** All that can happen to a {@link RaftCore}. */
public sealed interface RaftEvent {
  /** One tick of the driver's clock passed ({@link RaftConfig} counts in ticks). */
  record Tick() implements RaftEvent {}

  /** A message arrived. */
  record Receive(NodeId from, Message message) implements RaftEvent {}

  /** Commands to append, in order; each is answered by Ready.accepted or Ready.refused. */
  record Propose(List<Proposal> proposals) implements RaftEvent {
    public Propose {
      proposals = List.copyOf(proposals);
    }
  }

  /** A read wants an index; answered by Ready.reads or Ready.failedReads with the same id. */
  record ReadIndex(long readId) implements RaftEvent {}

  /** Everything handed out by {@link Ready.Persist}s up to this sequence is durable. */
  record Persisted(long sequence) implements RaftEvent {}

  /**
   * The state machine has applied everything up to this index; frees room for the next {@link
   * Ready#toApply}. Never lower than before.
   */
  record Applied(long index) implements RaftEvent {}

  /**
   * The state machine's digest right after it applied a {@link EntryKind#VERIFY} entry; by
   * ascending index.
   */
  record Digested(StateDigest digest) implements RaftEvent {}

  /**
   * This node's connection to a peer closed. A hint and nothing more: it shortens the wait before a
   * follower of that peer asks for pre-votes.
   */
  record PeerLost(NodeId peer) implements RaftEvent {}

  /**
   * Somebody else shall lead; has no answer but the change of role. Proposals wait meanwhile, for
   * an election timeout at most. Nothing happens when this node does not lead, is handing over
   * already, or has nobody to hand over to.
   *
   * @param to a voter; when empty, the one that has most of the log
   */
  record TransferLeadership(Optional<NodeId> to) implements RaftEvent {}

  /**
   * An operator wants other members; answered by Ready.accepted, with the id of the first entry of
   * the change, or Ready.refused with the same ticket. Accepted says nothing of completion: that is
   * the configuration of the last entry being in force and committed.
   *
   * @param ticket distinct among open proposals and changes
   * @param wallMillis wall clock stamp for the entry
   * @param changes all in one step
   */
  record ChangeMembers(long ticket, long wallMillis, List<MemberChange> changes)
      implements RaftEvent {
    public ChangeMembers {
      changes = List.copyOf(changes);
    }
  }

  /**
   * The state machine has switched to a snapshot as of {@code start.previous()}, and is durable
   * with it. Entries handed out before, up to there, need not be applied any more; those behind it
   * will be handed out, if they were not yet. Stale ones are ignored.
   *
   * <p>What is in a snapshot is committed, perhaps by a leader that this core has not heard of yet.
   * The shell steps this before any {@link Applied} that counts the snapshot in.
   */
  record SnapshotInstalled(LogStart start) implements RaftEvent {}

  /** The state machine has made everything up to this index durable by itself. */
  record Compactable(long index) implements RaftEvent {}

  /**
   * A command to replicate.
   *
   * @param ticket chosen by the proposer, distinct among its open proposals
   * @param wallMillis wall clock stamp for the entry
   */
  record Proposal(long ticket, long wallMillis, Payload payload) {}
}
