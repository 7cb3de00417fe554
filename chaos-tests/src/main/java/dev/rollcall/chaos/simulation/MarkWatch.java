package dev.rollcall.chaos.simulation;

import dev.rollcall.raft.core.Campaign;
import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.Message;
import dev.rollcall.raft.core.RaftEvent;
import dev.rollcall.raft.core.Ready;
import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.core.TraceEvent;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.driver.SnapshotMessage.FetchSnapshot;
import dev.rollcall.raft.driver.SnapshotMessage.SnapshotGone;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells from what one life of a node shows of itself which rare branches it went through. */
final class MarkWatch {
  private final Marks marks;
  private Role role = Role.FOLLOWER;
  private long term;
  private boolean isHandingOver;
  private boolean hasCommittedInTerm;
  private boolean hintAsked;
  private long lastIndex;
  private long configurationIndex;
  private long sequence;

  /** Writes up to this one may hold entries that were replaced since. */
  private long replacedSequence;

  private @Nullable FetchSnapshot lastFetch;

  MarkWatch(Marks marks) {
    this.marks = marks;
  }

  /**
   * The core tells of itself.
   *
   * @param durableIndex last index on the node's disk
   */
  void trace(TraceEvent event, long durableIndex) {
    switch (event) {
      case TraceEvent.Stepped(var step) -> stepped(step);
      case TraceEvent.HandedOut(var ready) -> handedOut(ready);
      case TraceEvent.RoleChanged changed -> roleChanged(changed);
      case TraceEvent.Voted voted -> voted(voted);
      case TraceEvent.HandsOver(var to) -> isHandingOver = true;
      case TraceEvent.KeptLeading(int parked) -> {
        isHandingOver = false;
        marks.hit(Mark.TRANSFER_TIMED_OUT);
        hitIf(parked > 0, Mark.TRANSFER_PARKED_KEPT);
      }
      case TraceEvent.Committed(long index) -> {
        hitIf(role == Role.LEADER && index > durableIndex, Mark.COMMITTED_AHEAD_OF_OWN_DISK);
        hasCommittedInTerm |= role == Role.LEADER;
      }
      case TraceEvent.Truncated(long from, long before) -> {
        marks.hit(Mark.SUFFIX_REPLACED);
        hitIf(before - from >= 2, Mark.LONG_SUFFIX_REPLACED);
        hitIf(from <= configurationIndex, Mark.CONFIGURATION_ROLLED_BACK);
        replacedSequence = sequence;
        lastIndex = from - 1;
      }
      case TraceEvent.Compacted(long first) -> marks.hit(Mark.LOG_CUT);
      case TraceEvent.Restarted(var previous) -> {
        lastIndex = previous.index();
        marks.hit(Mark.LOG_BEGAN_ANEW);
      }
      case TraceEvent.OutOfReach(var follower, long first) -> marks.hit(Mark.OUT_OF_REACH);
      case TraceEvent.Mismatched(var follower, long previous, long next) -> {
        marks.hit(Mark.LOG_MISMATCHED);
        hitIf(previous - next >= 2, Mark.MISMATCH_SKIPPED_TERMS);
      }
    }
  }

  private void stepped(RaftEvent event) {
    switch (event) {
      case RaftEvent.Receive(var from, var message) -> received(message);
      case RaftEvent.ReadIndex(long id) -> readAtLeader();
      case RaftEvent.ChangeMembers wish -> hitIf(isHandingOver, Mark.CHANGE_IN_TRANSFER);
      case RaftEvent.Persisted(long upTo) -> {
        if (replacedSequence > 0) {
          marks.hit(Mark.WRITE_OF_REPLACED_DONE);
          replacedSequence = upTo < replacedSequence ? replacedSequence : 0;
        }
      }
      default -> {}
    }
  }

  private void readAtLeader() {
    hitIf(role == Role.LEADER && !hasCommittedInTerm, Mark.READ_BEFORE_OWN_COMMIT);
  }

  private void received(Message message) {
    if (message.term() < term) {
      receivedLate(message);
      return;
    }
    switch (message) {
      case Message.PreVote question -> hintAsked = question.campaign() == Campaign.LOST_LEADER;
      case Message.AppendEntries append -> {
        List<Entry> entries = append.entries();
        long covered = append.previous().index() + entries.size();
        hitIf(!entries.isEmpty() && covered <= lastIndex, Mark.ENTRIES_KNOWN);
        hitIf(covered < lastIndex, Mark.APPEND_BEHIND_OWN_END);
      }
      case Message.Heartbeat heartbeat -> hitIf(heartbeat.agreed().isPresent(), Mark.DIGEST_AGREED);
      case Message.ReadIndexRequest request -> {
        marks.hit(Mark.READ_OF_FOLLOWER);
        hitIf(role != Role.LEADER, Mark.READ_ASKED_OF_NON_LEADER);
        readAtLeader();
      }
      default -> {}
    }
  }

  private void receivedLate(Message message) {
    switch (message) {
      case Message.AppendEntries late -> marks.hit(Mark.LATE_APPEND);
      case Message.AppendEntriesResponse late ->
          hitIf(role == Role.LEADER && late.success(), Mark.LATE_ACKNOWLEDGEMENT);
      case Message.Heartbeat late -> marks.hit(Mark.LATE_HEARTBEAT);
      case Message.HeartbeatResponse late -> hitIf(role == Role.LEADER, Mark.LATE_HEARTBEAT_ANSWER);
      case Message.RequestVoteResponse late -> hitIf(late.granted(), Mark.LATE_VOTE);
      case Message.TimeoutNow late -> marks.hit(Mark.LATE_ORDER);
      case Message.ReadIndexResponse late -> marks.hit(Mark.LATE_READ_ANSWER);
      default -> {}
    }
  }

  private void handedOut(Ready ready) {
    ready
        .persist()
        .ifPresent(write -> {
          sequence = write.sequence();
          if (!write.entries().isEmpty()) {
            lastIndex = write.entries().getLast().index();
          }
        });
    hitIf(ready.reads().size() > 1, Mark.READS_SHARED_A_ROUND);
    hitIf(!ready.failedReads().isEmpty(), Mark.READ_FAILED);
    for (Ready.Refused refused : ready.refused()) {
      switch (refused.reason()) {
        case OVERLOADED -> marks.hit(Mark.PROPOSAL_TOO_MUCH);
        case CHANGE_UNDER_WAY -> marks.hit(Mark.CHANGE_REFUSED_UNDER_WAY);
        case TERM_NOT_COMMITTED -> marks.hit(Mark.CHANGE_REFUSED_TOO_EARLY);
        case INVALID_CHANGE -> marks.hit(Mark.CHANGE_REFUSED_INVALID);
        case NOT_LEADER -> hitIf(isHandingOver, Mark.TRANSFER_PARKED_REFUSED);
      }
    }
    isHandingOver &= role == Role.LEADER;
  }

  private void roleChanged(TraceEvent.RoleChanged changed) {
    boolean led = role == Role.LEADER && changed.role() != Role.LEADER;
    hitIf(led && isHandingOver && changed.term() > term, Mark.TRANSFER_DONE);
    hasCommittedInTerm &= !led;
    role = changed.role();
    term = changed.term();
    switch (changed.reason()) {
      case "is a quorum by itself" -> marks.hit(Mark.QUORUM_OF_ONE);
      case "lost its connection to the leader" -> marks.hit(Mark.CAMPAIGN_ON_LOST_CONNECTION);
      case "no quorum would vote for it" -> marks.hit(Mark.PRE_VOTES_LOST);
      case "no quorum voted for it" -> marks.hit(Mark.VOTES_LOST);
      case "no quorum heard for an election timeout" -> marks.hit(Mark.LEADER_LOST_QUORUM);
      case "its disk stands still" -> marks.hit(Mark.LEADER_DISK_STALLED);
      case "is no voter any more" -> marks.hit(Mark.LEADER_REMOVED);
      case "the leader hands over to it" -> marks.hit(Mark.STOOD_BY_ORDER);
      default -> hitIf(led, Mark.LEADER_DEPOSED);
    }
  }

  private void voted(TraceEvent.Voted vote) {
    hitIf(vote.preVote() && vote.granted() && hintAsked, Mark.HINT_GRANTED);
    if (vote.granted()) {
      return;
    }
    boolean isPreVote = vote.preVote();
    switch (vote.reason()) {
      // It gets no quorum of pre-votes either: quorums of neighbouring configurations meet.
      case "was removed" -> hitIf(isPreVote, Mark.PRE_VOTE_REFUSED_REMOVED);
      case "hears a leader" ->
          marks.hit(
              isPreVote ? Mark.PRE_VOTE_REFUSED_LEADER_HEARD : Mark.VOTE_REFUSED_LEADER_HEARD);
      case "has a longer log" ->
          marks.hit(isPreVote ? Mark.PRE_VOTE_REFUSED_LOG : Mark.VOTE_REFUSED_LOG);
      case "has voted for another" -> marks.hit(Mark.VOTE_REFUSED_SECOND);
      default -> hitIf(isPreVote, Mark.PRE_VOTE_REFUSED_TERM);
    }
  }

  /**
   * A life begins.
   *
   * @param lastIndex of the log as it was found
   * @param lastApplied of the state as it was found
   */
  void started(RaftStatus status, long lastIndex, long lastApplied) {
    hitIf(lastApplied > lastIndex, Mark.LOG_BEHIND_STATE);
    hitIf(status.commitIndex() > lastApplied, Mark.RESTART_WITH_REPLAY);
    configurationIndex = status.configurationIndex();
    this.lastIndex = status.lastIndex();
  }

  /** Another configuration is in force. */
  void configured(Configuration before, long index, Configuration now) {
    configurationIndex = index;
    hitIf(now.isJoint() && !before.isJoint(), Mark.JOINT_ENTERED);
    hitIf(before.isJoint() && !now.isJoint(), Mark.JOINT_LEFT);
    for (Member voter : now.voters()) {
      boolean learned = before.learners().stream().anyMatch(it -> it.id().equals(voter.id()));
      hitIf(learned, Mark.LEARNER_PROMOTED);
    }
    for (Member voter : before.voters()) {
      hitIf(now.isRemoved(voter.id()) && !before.isRemoved(voter.id()), Mark.VOTER_REMOVED);
    }
  }

  /** The node sends a word about a snapshot. */
  void sent(SnapshotMessage message) {
    switch (message) {
      case FetchSnapshot request -> {
        boolean isPiece = request.snapshotId() != SnapshotMessage.ANY;
        hitIf(isPiece && request.equals(lastFetch), Mark.SNAPSHOT_PIECE_AGAIN);
        lastFetch = request;
      }
      case SnapshotGone gone -> marks.hit(Mark.SNAPSHOT_GONE);
      case SnapshotMessage.SnapshotChunk piece -> {}
    }
  }

  private void hitIf(boolean holds, Mark mark) {
    if (holds) {
      marks.hit(mark);
    }
  }
}
