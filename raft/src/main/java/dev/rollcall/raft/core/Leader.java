package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import dev.rollcall.raft.core.RaftEvent.Proposal;
import dev.rollcall.raft.core.Ready.RefusalReason;
import java.util.List;

/**
 * What a leader does: appends what is proposed, commits what a quorum has, and answers reads once a
 * quorum has confirmed that it leads. Idle while this node does not lead.
 *
 * <p>Only an entry of its own term is committed by counting, and all before it by that: one of an
 * older term can be on a majority and still be overwritten (Raft §5.4.2, figure 8). Hence the no-op
 * that begins every term.
 */
final class Leader {
  private final RaftConfig config;
  private final TermState state;
  private final RaftLog log;
  private final Durability durability;
  private final Replication replication;
  private final Outbox out;
  private final ReadIndexQueue reads;

  Leader(
      RaftConfig config,
      TermState state,
      RaftLog log,
      Durability durability,
      Replication replication,
      Outbox out) {
    this.config = config;
    this.state = state;
    this.log = log;
    this.durability = durability;
    this.replication = replication;
    this.out = out;
    this.reads = new ReadIndexQueue(out);
  }

  /** Begins the term it was elected for with a no-op. */
  void start() {
    replication.start(state.currentTerm());
    var noop = new EntryId(state.currentTerm(), state.noopIndex());
    log.append(new Entry(noop, EntryKind.NOOP, 0, Payload.EMPTY));
    durability.logChangedFrom(noop.index());
  }

  /** Leadership is lost; the term is already what it is now. */
  void stop() {
    replication.stop();
    reads.fail(state.currentTerm());
  }

  /** One tick; whether it may go on leading, because it hears a quorum. */
  boolean tick() {
    replication.tick();
    return replication.hearsQuorum();
  }

  /** Appends the proposals, as far as {@link RaftConfig.Flow#uncommittedBytesMax} allows. */
  void propose(List<Proposal> proposals) {
    long first = log.lastIndex() + 1;
    // Also what others' disks have committed and this one does not have yet stays in memory.
    long bytes = log.bytesAfter(Math.min(log.commitIndex(), durability.durableIndex()));
    for (Proposal proposal : proposals) {
      long size = Entry.OVERHEAD_BYTES + (long) proposal.payload().length();
      if (bytes > 0 && bytes + size > config.flow().uncommittedBytesMax()) {
        out.refused(proposal.ticket(), RefusalReason.OVERLOADED);
        continue;
      }
      bytes += size;
      var id = new EntryId(state.currentTerm(), log.lastIndex() + 1);
      log.append(new Entry(id, EntryKind.COMMAND, proposal.wallMillis(), proposal.payload()));
      out.accepted(proposal.ticket(), id);
    }
    if (log.lastIndex() >= first) {
      durability.logChangedFrom(first);
    }
  }

  /** A read of this node's own. */
  void read(long readId) {
    reads.add(readId);
  }

  /** A read that a follower asks for. */
  void read(NodeId from, long nonce) {
    reads.add(from, nonce);
  }

  /** A peer answered an AppendEntries. */
  void appendAnswered(NodeId from, AppendEntriesResponse answer) {
    if (replication.appendAnswered(from, answer)) {
      advanceCommit();
    }
  }

  /** A peer answered a round. */
  void heartbeatAnswered(NodeId from, long round) {
    replication.heartbeatAnswered(from, round);
    confirmReads();
  }

  /** Commits what is durable on a quorum by now. */
  void advanceCommit() {
    long match = replication.quorumMatch();
    if (match > log.commitIndex() && log.term(match) == state.currentTerm()) {
      log.commitTo(match);
    }
  }

  /** Whether {@link #send} would send anything. */
  boolean hasToSend() {
    return mustBeginRound() || replication.hasAppends();
  }

  /** Sends what has become due: one round, and to each peer the entries it lacks. */
  void send() {
    if (mustBeginRound()) {
      beginRound();
    }
    replication.sendAppends();
  }

  private boolean mustBeginRound() {
    return replication.isRoundDue() || (reads.hasWaiting() && knowsAllCommitted());
  }

  /** Whether its own no-op is committed, and with it everything that ever was before. */
  private boolean knowsAllCommitted() {
    return log.commitIndex() >= state.noopIndex();
  }

  private void beginRound() {
    long round = replication.beginRound();
    if (knowsAllCommitted()) {
      reads.begin(round, log.commitIndex());
      confirmReads();
    }
  }

  private void confirmReads() {
    if (reads.confirm(replication.confirmedRound(), state.currentTerm())) {
      out.confirmed(state.currentTerm());
    }
  }
}
