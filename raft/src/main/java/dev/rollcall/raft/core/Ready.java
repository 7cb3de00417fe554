package dev.rollcall.raft.core;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the shell must do about the events stepped so far. The shell, in this order: hands {@code
 * persist} to the log (first in, first out, none dropped), sends {@code toSend}, hands {@code
 * toApply} and the rest to the state machine's side. It need not wait for one before the next:
 * messages that depend on the disk stay inside the core until the {@link RaftEvent.Persisted} that
 * frees them.
 *
 * @param persist what must become durable, if anything
 * @param toSend messages that may leave at once; those to one member in this order
 * @param toApply committed entries, durable here, each handed out once, indexes consecutive. No
 *     more than twice {@link RaftConfig.Flow#applyBytesMax} are out before {@link
 *     RaftEvent.Applied} says so
 * @param accepted proposals that were appended, and where; whether they commit is another matter
 * @param refused proposals that were not appended and never will be
 * @param reads reads that may run once the state machine has applied their index
 * @param failedReads reads that cannot be answered now; the reader may ask again
 * @param confirmed present when a confirmation round of this leader reached a quorum: leadership
 *     was certain at some moment after the round began; holds the term. Comes after the reads it
 *     confirmed.
 * @param role present when role, term or leader changed
 * @param diverged present, with the digest that was agreed on, when a majority of the voters had
 *     another state than this node at some index: it must serve nothing any more
 * @param compactTo entries below this index may be dropped from the disk; the core reads none of
 *     them any more, and knows the term of the last of them
 * @param snapshot present when the leader's log no longer holds what this node needs; comes again
 *     with every heartbeat until {@link RaftEvent.SnapshotInstalled} has brought it
 */
public record Ready(
    Optional<Persist> persist,
    List<Outbound> toSend,
    List<Entry> toApply,
    List<Accepted> accepted,
    List<Refused> refused,
    List<ReadState> reads,
    List<FailedRead> failedReads,
    Optional<Long> confirmed,
    Optional<RoleState> role,
    Optional<StateDigest> diverged,
    OptionalLong compactTo,
    Optional<SnapshotOffer> snapshot) {

  public Ready {
    toSend = List.copyOf(toSend);
    toApply = List.copyOf(toApply);
    accepted = List.copyOf(accepted);
    refused = List.copyOf(refused);
    reads = List.copyOf(reads);
    failedReads = List.copyOf(failedReads);
  }

  /**
   * One write to the log.
   *
   * @param sequence consecutive from 1 within one life of the core
   * @param hardState term and vote as of this write
   * @param commitIndex known when this was written; never waited for
   * @param start if present, the log is dropped whole first and begins anew behind it
   * @param entries to append; the first may lie at or below the last written, which supersedes
   *     everything from there on. Empty for a write of hard state or commit index alone
   */
  public record Persist(
      long sequence,
      HardState hardState,
      long commitIndex,
      Optional<LogStart> start,
      List<Entry> entries) {
    public Persist {
      entries = List.copyOf(entries);
    }

    /** A write that goes on with the log there is. */
    public Persist(long sequence, HardState hardState, long commitIndex, List<Entry> entries) {
      this(sequence, hardState, commitIndex, Optional.empty(), entries);
    }
  }

  /**
   * A snapshot can be had and is needed.
   *
   * @param leader who leads {@code term} and has it
   * @param last what the snapshot must hold at least, the entry before the first in its log
   */
  public record SnapshotOffer(NodeId leader, long term, EntryId last) {}

  /** The proposal with this ticket became the entry with this id. */
  public record Accepted(long ticket, EntryId id) {}

  /** The proposal with this ticket was not appended. */
  public record Refused(long ticket, RefusalReason reason) {}

  /** Why a proposal was not appended or a read not answered. */
  public enum RefusalReason {
    /** This node does not lead (or, for a read, knows no leader). */
    NOT_LEADER,
    /** As many bytes are uncommitted as the configuration allows. */
    OVERLOADED,
    /** A change of membership before this one is not complete. */
    CHANGE_UNDER_WAY,
    /**
     * The leader has committed nothing of its own term yet, so a change that it does not know of
     * may be under way (the thesis' bug of single-server changes). Over in a moment.
     */
    TERM_NOT_COMMITTED,
    /** The change makes no sense of the present members, see {@link MemberChange}. */
    INVALID_CHANGE
  }

  /** The read with this id may run once {@code index} is applied. */
  public record ReadState(long readId, long index) {}

  /** The read with this id cannot be answered now. */
  public record FailedRead(long readId) {}

  /**
   * What the node is.
   *
   * @param leader who leads the term, if known
   * @param noopIndex on a leader, the index of its own no-op; else 0. Until it is applied the
   *     leader answers no reads
   */
  public record RoleState(Role role, long term, Optional<NodeId> leader, long noopIndex) {}
}
