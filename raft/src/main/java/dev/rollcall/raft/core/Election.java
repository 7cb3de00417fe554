package dev.rollcall.raft.core;

import dev.rollcall.raft.core.Message.PreVote;
import dev.rollcall.raft.core.Message.PreVoteResponse;
import dev.rollcall.raft.core.Message.RequestVote;
import dev.rollcall.raft.core.Message.RequestVoteResponse;

/**
 * Both sides of an election: asking for votes and giving them (Raft §5.2, §5.4.1; thesis §9.6).
 *
 * <p>Who asks: first for pre-votes, in the name of the next term and without entering it, so that a
 * node which cannot win disturbs nobody; then, with a quorum of those, for votes. Votes are asked
 * for once the candidate's own vote and whole log are durable, and its own vote counts from that
 * moment: else a late grant could elect it, after a crash, with a shorter log than it was given
 * for.
 *
 * <p>Who gives: whether it is a voter or not, for it may have become one and not know yet. A node
 * that heard a leader within an election timeout refuses, else a node that is cut off from the
 * leader alone would depose it again and again. It does not refuse whom the leader itself sent,
 * nor, when its own connection to the leader closed too, whoever asks for that reason.
 */
final class Election {
  private final NodeId self;
  private final TermState state;
  private final RaftLog log;
  private final ConfigurationHistory configurations;
  private final Durability durability;
  private final ElectionTimer timer;
  private final Outbox out;
  private final VoteTally tally = new VoteTally();
  private Campaign campaign = Campaign.ELECTION_TIMEOUT;

  Election(
      TermState state,
      RaftLog log,
      ConfigurationHistory configurations,
      Durability durability,
      ElectionTimer timer,
      Outbox out,
      NodeId self) {
    this.state = state;
    this.log = log;
    this.configurations = configurations;
    this.durability = durability;
    this.timer = timer;
    this.out = out;
    this.self = self;
  }

  /** Whether this node is certain enough of a leader to refuse others such an election. */
  boolean refuses(Campaign asked) {
    return switch (asked) {
      case ELECTION_TIMEOUT -> hearsLeader();
      case LOST_LEADER -> hearsLeader() && (state.isLeader() || !timer.lostLeader());
      case TRANSFER -> false;
    };
  }

  /** As a pre-candidate that has just become one: asks all other voters. */
  void askForPreVotes(Campaign why) {
    campaign = why;
    tally.clear();
    tally.record(self, true);
    var question = new PreVote(state.currentTerm() + 1, log.last(), why);
    for (Member member : configurations.current().members()) {
      if (isOtherVoter(member.id())) {
        out.send(member.id(), question);
      }
    }
  }

  /** The leader told this node to stand, so that its votes are asked for in the leader's name. */
  void sentByLeader() {
    campaign = Campaign.TRANSFER;
  }

  /** As a candidate that has just become one: asks itself and all other voters, when durable. */
  void askForVotes() {
    tally.clear();
    var ownVote = new RequestVoteResponse(state.currentTerm(), true);
    durability.holdForVote(new Outbound(self, ownVote));
    var question = new RequestVote(state.currentTerm(), log.last(), campaign);
    for (Member member : configurations.current().members()) {
      if (isOtherVoter(member.id())) {
        durability.holdForVote(new Outbound(member.id(), question));
      }
    }
  }

  /** Counts an answer to this node's campaign. */
  void record(NodeId voter, boolean granted) {
    tally.record(voter, granted);
  }

  boolean isWon() {
    return tally.isWon(configurations.current());
  }

  boolean isLost() {
    return tally.isLost(configurations.current());
  }

  /** Answers a pre-vote of any term; changes nothing. */
  void answer(NodeId candidate, PreVote question) {
    String refusal = "";
    if (isRemoved(candidate)) {
      refusal = "was removed";
    } else if (refuses(question.campaign())) {
      refusal = "hears a leader";
    } else if (question.term() <= state.currentTerm()) {
      refusal = "is in term " + state.currentTerm();
    } else if (!question.last().isAtLeastAsUpToDateAs(log.last())) {
      refusal = "has a longer log";
    }
    boolean granted = refusal.isEmpty();
    // A refusal carries our term for the asker to adopt; a grant echoes the term asked for.
    long term = granted ? question.term() : state.currentTerm();
    out.send(candidate, new PreVoteResponse(term, granted));
    out.trace(new TraceEvent.Voted(candidate, question.term(), true, granted, refusal));
  }

  /** Answers a request for a vote in the current term. */
  void answer(NodeId candidate, RequestVote question) {
    String refusal = "";
    if (isRemoved(candidate)) {
      refusal = "was removed";
    } else if (refuses(question.campaign())) {
      refusal = "hears a leader";
    } else if (!state.mayVoteFor(candidate)) {
      refusal = "has voted for another";
    } else if (!question.last().isAtLeastAsUpToDateAs(log.last())) {
      refusal = "has a longer log";
    }
    boolean granted = refusal.isEmpty();
    var answer = new RequestVoteResponse(state.currentTerm(), granted);
    if (granted) {
      state.voteFor(candidate);
      timer.reset(); // and once more when the grant leaves, see RaftCore
      durability.holdForVote(new Outbound(candidate, answer));
    } else {
      out.send(candidate, answer);
    }
    out.trace(new TraceEvent.Voted(candidate, question.term(), false, granted, refusal));
  }

  /** Leaves a candidate of a higher term without an answer, and its term alone. */
  void ignore(NodeId candidate, RequestVote question) {
    String reason = isRemoved(candidate) ? "was removed" : "hears a leader";
    out.trace(new TraceEvent.Voted(candidate, question.term(), false, false, reason));
  }

  /**
   * Whether this node knows by a committed configuration that the other is no member any more. An
   * uncommitted one may yet be taken back, and the vote be needed until then.
   */
  boolean isRemoved(NodeId other) {
    return configurations.isRemoved(other, log.commitIndex());
  }

  private boolean hearsLeader() {
    return state.isLeader() || (state.leader() != null && timer.heardLeader());
  }

  private boolean isOtherVoter(NodeId id) {
    return !id.equals(self) && configurations.current().isVoter(id);
  }
}
