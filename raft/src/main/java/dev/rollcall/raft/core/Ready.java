package dev.rollcall.raft.core;

import java.util.List;
import java.util.Optional;

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
 *     more than twice {@link RaftConfig#applyBytesMax} are out before {@link RaftEvent.Applied}
 *     says so
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
    Optional<StateDigest> diverged) {

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
   * @param entries to append; the first may lie at or below the last written, which supersedes
   *     everything from there on. Empty for a write of hard state or commit index alone
   */
  public record Persist(long sequence, HardState hardState, long commitIndex, List<Entry> entries) {
    public Persist {
      entries = List.copyOf(entries);
    }
  }

  /** The proposal with this ticket became the entry with this id. */
  public record Accepted(long ticket, EntryId id) {}

  /** The proposal with this ticket was not appended. */
  public record Refused(long ticket, RefusalReason reason) {}

  /** Why a proposal was not appended or a read not answered. */
  public enum RefusalReason {
    /** This node does not lead (or, for a read, knows no leader). */
    NOT_LEADER,
    /** As many bytes are uncommitted as the configuration allows. */
    OVERLOADED
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
