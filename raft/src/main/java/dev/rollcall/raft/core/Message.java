package dev.rollcall.raft.core;

import java.util.List;
import java.util.Optional;

/**
 * All that members say to each other (Raft figure 2; PreVote: thesis §9.6). The sender's id travels
 * beside the message ({@link RaftEvent.Receive}, {@link Outbound}). Messages may be lost, repeated,
 * delayed for ever and reordered; every one is harmless when late.
 */
public sealed interface Message {
  /** Term of the sender; for a pre-vote and its grant, the term an election would have. */
  long term();

  /** Asks whether a vote would be given, without changing any term. */
  record PreVote(long term, EntryId last, Campaign campaign) implements Message {}

  /**
   * Answers {@link PreVote}: a grant echoes the term asked for, a refusal carries the voter's own
   * term, which the asker adopts when higher (openraft#1796: without it two cohorts block each
   * other).
   */
  record PreVoteResponse(long term, boolean granted) implements Message {}

  /** Asks for a vote. Sent once the candidate's own vote and log are durable. */
  record RequestVote(long term, EntryId last, Campaign campaign) implements Message {}

  /** Answers {@link RequestVote}. A grant is sent once the vote is durable. */
  record RequestVoteResponse(long term, boolean granted) implements Message {}

  /**
   * Replicates entries; empty to probe.
   *
   * @param previous the entry before the first; {@link EntryId#NONE} at the start of the log
   * @param commitIndex the leader's
   * @param entries indexes consecutive from {@code previous.index() + 1}
   */
  record AppendEntries(long term, EntryId previous, long commitIndex, List<Entry> entries)
      implements Message {
    public AppendEntries {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Answers {@link AppendEntries}. Success is sent once durable.
   *
   * @param index on success, the highest index that is durable here and equals the leader's log;
   *     else the highest index that may match
   * @param hintTerm on refusal, this follower's term at {@code index}, so that the leader skips the
   *     entries of higher terms; 0 on success
   * @param previousIndex of the request answered, to tell late refusals
   */
  record AppendEntriesResponse(
      long term, boolean success, long index, long hintTerm, long previousIndex)
      implements Message {}

  /**
   * Asserts leadership and begins a confirmation round.
   *
   * @param commitIndex the lower of the leader's commit index and what it knows this follower has
   * @param round never reused within the term
   * @param agreed the latest digest that a majority of the voters reported
   */
  record Heartbeat(long term, long commitIndex, long round, Optional<StateDigest> agreed)
      implements Message {}

  /**
   * Answers {@link Heartbeat} at once; waits for no disk.
   *
   * @param digest the latest of the answering node's state
   */
  record HeartbeatResponse(long term, long round, Optional<StateDigest> digest)
      implements Message {}

  /**
   * The leader hands over: the follower, which has its whole log, is to stand for election at once
   * (thesis §3.10).
   */
  record TimeoutNow(long term) implements Message {}

  /**
   * A follower asks its leader for a read index; {@code nonce} is never reused by any life of it.
   */
  record ReadIndexRequest(long term, long nonce) implements Message {}

  /**
   * The leader's log no longer holds what this follower needs: it is to fetch a snapshot from the
   * leader. Sent anew with every heartbeat until the follower acknowledges, by {@link
   * AppendEntriesResponse}, an index from which the leader's log goes on.
   *
   * @param last what the snapshot must hold at least: the entry before the first in the leader's
   *     log
   */
  record InstallSnapshot(long term, EntryId last) implements Message {}

  /** Answers {@link ReadIndexRequest} after a confirmation round; index 0 = no leader any more. */
  record ReadIndexResponse(long term, long nonce, long index) implements Message {}
}
