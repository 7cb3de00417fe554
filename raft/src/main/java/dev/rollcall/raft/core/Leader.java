package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Message.AppendEntriesResponse;
import dev.rollcall.raft.core.Message.HeartbeatResponse;
import dev.rollcall.raft.core.Message.TimeoutNow;
import dev.rollcall.raft.core.RaftEvent.Proposal;
import dev.rollcall.raft.core.Ready.RefusalReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a leader does: appends what is proposed, commits what a quorum has, and answers reads once a
 * quorum has confirmed that it leads. Idle while this node does not lead.
 *
 * <p>Only an entry of its own term is committed by counting, and all before it by that: one of an
 * older term can be on a majority and still be overwritten (Raft §5.4.2, figure 8). Hence the no-op
 * that begins every term.
 */
final class Leader {
  /** Election timeouts for which voters may report different states and no majority any. */
  private static final int DISPUTE_TIMEOUTS_MAX = 4;

  private final RaftConfig config;
  private final TermState state;
  private final RaftLog log;
  private final Durability durability;
  private final Replication replication;
  private final Outbox out;
  private final StateDigests digests;
  private final DigestPoll poll;
  private final ReadIndexQueue reads;
  private final LeadershipTransfer transfer = new LeadershipTransfer();

  /** Where the last {@link EntryKind#VERIFY} entry of this term is; 0 before the first. */
  private long verifyIndex;

  private int ticksToVerify;

  Leader(
      RaftConfig config,
      TermState state,
      RaftLog log,
      Durability durability,
      Replication replication,
      StateDigests digests,
      Outbox out) {
    this.config = config;
    this.state = state;
    this.log = log;
    this.durability = durability;
    this.replication = replication;
    this.digests = digests;
    this.poll = new DigestPoll(DISPUTE_TIMEOUTS_MAX * config.timing().electionTimeoutTicks());
    this.out = out;
    this.reads = new ReadIndexQueue(out);
  }

  /** Begins the term it was elected for with a no-op. */
  void start() {
    replication.start(state.currentTerm());
    poll.clear();
    verifyIndex = 0;
    ticksToVerify = config.timing().verifyTicks();
    var noop = new EntryId(state.currentTerm(), state.noopIndex());
    log.append(new Entry(noop, EntryKind.NOOP, 0, Payload.EMPTY));
    durability.logChangedFrom(noop.index());
  }

  /** Leadership is lost; the term is already what it is now. */
  void stop() {
    replication.stop();
    reads.fail(state.currentTerm());
    for (Proposal parked : transfer.end()) {
      out.refused(parked.ticket(), RefusalReason.NOT_LEADER);
    }
  }

  /** One tick; whether it may go on leading, because it hears a quorum. */
  boolean tick() {
    replication.tick();
    if (!replication.hearsQuorum()) {
      return false;
    }
    if (transfer.tick()) {
      List<Proposal> parked = transfer.end();
      out.trace(new TraceEvent.KeptLeading(parked.size()));
      propose(parked);
    }
    verify();
    poll.tick(replication.configuration()).ifPresent(digests::agreedOn);
    return true;
  }

  /**
   * Hands over to this voter, or to the one that has most of the log; see {@link
   * RaftEvent.TransferLeadership}.
   */
  void transfer(Optional<NodeId> to) {
    Optional<NodeId> target =
        to.isPresent() ? to.filter(replication::isVotingPeer) : replication.mostCaughtUpVoter();
    if (transfer.isUnderWay() || target.isEmpty()) {
      return;
    }
    transfer.begin(target.get(), config.timing().electionTimeoutTicks());
    out.trace(new TraceEvent.HandsOver(target.get()));
    tellTarget();
  }

  boolean isHandingOver() {
    return transfer.isUnderWay();
  }

  /**
   * Its disk stands still, or it is no voter any more: whoever has most of the log may stand at
   * once, whole or not. What only this node has is not durable anywhere.
   */
  void abdicate() {
    replication
        .mostCaughtUpVoter()
        .ifPresent(successor -> out.send(successor, new TimeoutNow(state.currentTerm())));
  }

  /**
   * Appends the proposals, as far as {@link RaftConfig.Flow#uncommittedBytesMax} allows; during a
   * hand-over parks them under the same limit.
   */
  void propose(List<Proposal> proposals) {
    long first = log.lastIndex() + 1;
    // Also what others' disks have committed and this one does not have yet stays in memory.
    long bytes =
        log.bytesAfter(Math.min(log.commitIndex(), durability.durableIndex()))
            + transfer.parkedBytes();
    for (Proposal proposal : proposals) {
      long size = Entry.OVERHEAD_BYTES + (long) proposal.payload().length();
      if (bytes > 0 && bytes + size > config.flow().uncommittedBytesMax()) {
        out.refused(proposal.ticket(), RefusalReason.OVERLOADED);
        continue;
      }
      bytes += size;
      if (transfer.isUnderWay()) {
        transfer.park(proposal);
        continue;
      }
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
      tellTarget();
    }
  }

  /** A peer answered a round. */
  void heartbeatAnswered(NodeId from, HeartbeatResponse answer) {
    replication.heartbeatAnswered(from, answer.round());
    answer.digest().ifPresent(digest -> digestReported(from, digest));
    confirmReads();
  }

  /** This node or a peer has had this state. */
  void digestReported(NodeId from, StateDigest digest) {
    poll.report(from, digest, replication.configuration()).ifPresent(digests::agreedOn);
  }

  /** Before it stops because of what was agreed: the others must hear of it too. */
  void tellAgreed() {
    replication.beginRound(digests.agreed());
  }

  /** How far the durable log of each member equals this one. */
  Map<NodeId, Long> matchIndexes() {
    return replication.matchIndexes();
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

  /** The target of a hand-over stands as soon as it has everything. */
  private void tellTarget() {
    NodeId target = transfer.targetToTell();
    if (target != null && replication.hasWholeLog(target)) {
      out.send(target, new TimeoutNow(state.currentTerm()));
      transfer.tell();
    }
  }

  private boolean mustBeginRound() {
    return replication.isRoundDue() || (reads.hasWaiting() && knowsAllCommitted());
  }

  /** Each verify period in which the log grew ends with a place to compare states at. */
  private void verify() {
    ticksToVerify--;
    if (ticksToVerify > 0 || transfer.isUnderWay()) {
      return;
    }
    ticksToVerify = config.timing().verifyTicks();
    if (log.lastIndex() > verifyIndex) {
      verifyIndex = log.lastIndex() + 1;
      var id = new EntryId(state.currentTerm(), verifyIndex);
      log.append(new Entry(id, EntryKind.VERIFY, 0, Payload.EMPTY));
      durability.logChangedFrom(verifyIndex);
    }
  }

  /** Whether its own no-op is committed, and with it everything that ever was before. */
  private boolean knowsAllCommitted() {
    return log.commitIndex() >= state.noopIndex();
  }

  private void beginRound() {
    long round = replication.beginRound(digests.agreed());
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
