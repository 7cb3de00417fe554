package dev.rollcall.raft.core;

import java.util.List;

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
   * A command to replicate.
   *
   * @param ticket chosen by the proposer, distinct among its open proposals
   * @param wallMillis wall clock stamp for the entry
   */
  record Proposal(long ticket, long wallMillis, Payload payload) {}
}
