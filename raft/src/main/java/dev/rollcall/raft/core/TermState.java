package dev.rollcall.raft.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The current term, the vote in it, the role in it and its leader. Every change of these is one of
 * the methods below, and each one that must survive a crash is told to {@link Durability}.
 *
 * <table>
 *   <caption>Transitions</caption>
 *   <tr><th>from</th><th>when</th><th>to</th><th>term</th></tr>
 *   <tr><td>FOLLOWER, PRE_CANDIDATE, CANDIDATE</td><td>election timeout, has a vote</td>
 *       <td>PRE_CANDIDATE: forgets the leader</td><td>same</td></tr>
 *   <tr><td>FOLLOWER</td><td>the leader hands over to it, has a vote</td>
 *       <td>CANDIDATE: votes for itself</td><td>+ 1</td></tr>
 *   <tr><td>PRE_CANDIDATE</td><td>a quorum would vote for it</td>
 *       <td>CANDIDATE: votes for itself</td><td>+ 1</td></tr>
 *   <tr><td>CANDIDATE</td><td>a quorum voted for it, its own vote durable</td>
 *       <td>LEADER</td><td>same</td></tr>
 *   <tr><td>PRE_CANDIDATE, CANDIDATE</td><td>no quorum can vote for it any more, or a leader of the
 *       term appears</td><td>FOLLOWER</td><td>same</td></tr>
 *   <tr><td>LEADER</td><td>no quorum heard for an election timeout; its disk stands still; a
 *       majority has another state</td><td>FOLLOWER</td><td>same</td></tr>
 *   <tr><td>any</td><td>a higher term</td><td>FOLLOWER</td><td>the higher</td></tr>
 * </table>
 *
 * <p>Invariants: the term never falls; at most one vote a term; at most one leader a term, also
 * when it was forgotten in between (election safety, Raft figure 3, as far as one node sees it).
 */
final class TermState {
  private final NodeId self;
  private final Durability durability;
  private final Outbox out;
  private HardState hardState;
  private Role role = Role.FOLLOWER;
  private @Nullable NodeId leader;

  /** Whoever was seen to lead this term, even if {@link #leader} has been forgotten since. */
  private @Nullable NodeId leaderOfTerm;

  private long noopIndex;

  TermState(NodeId self, HardState restored, Durability durability, Outbox out) {
    this.self = self;
    this.hardState = restored;
    this.durability = durability;
    this.out = out;
  }

  NodeId self() {
    return self;
  }

  HardState hardState() {
    return hardState;
  }

  long currentTerm() {
    return hardState.currentTerm();
  }

  Role role() {
    return role;
  }

  boolean isLeader() {
    return role == Role.LEADER;
  }

  @Nullable NodeId leader() {
    return leader;
  }

  /** Of a leader, the index of the no-op that began its term; else 0. */
  long noopIndex() {
    return noopIndex;
  }

  /** Whether this node's vote of the current term is free, or already this candidate's. */
  boolean mayVoteFor(NodeId candidate) {
    return hardState.votedFor().isEmpty() || hardState.votedFor().get().equals(candidate);
  }

  /** Gives the vote of the current term. */
  void voteFor(NodeId candidate) {
    Invariant.check(mayVoteFor(candidate), "second vote in term %d", currentTerm());
    if (hardState.votedFor().isEmpty()) {
      hardState = new HardState(currentTerm(), Optional.of(candidate));
      durability.voteChanged();
    }
  }

  /** Any role → FOLLOWER, of this leader or of nobody yet, in this term or a higher one. */
  void follow(long term, @Nullable NodeId newLeader, String reason) {
    long oldTerm = currentTerm();
    boolean sameRole = role == Role.FOLLOWER;
    boolean sameLeader = newLeader == null ? leader == null : newLeader.equals(leader);
    if (term != oldTerm) {
      enterTerm(term, Optional.empty());
    }
    if (newLeader != null) {
      recordLeader(newLeader);
    }
    role = Role.FOLLOWER;
    leader = newLeader;
    noopIndex = 0;
    if (term != oldTerm || !sameRole || !sameLeader) {
      changed(reason);
    }
  }

  /** FOLLOWER, PRE_CANDIDATE, CANDIDATE → PRE_CANDIDATE. */
  void becomePreCandidate(String reason) {
    Invariant.check(role != Role.LEADER, "a leader asks for pre-votes in term %d", currentTerm());
    role = Role.PRE_CANDIDATE;
    leader = null;
    changed(reason);
  }

  /** FOLLOWER, PRE_CANDIDATE → CANDIDATE of the next term. */
  void becomeCandidate(String reason) {
    Invariant.check(
        role == Role.FOLLOWER || role == Role.PRE_CANDIDATE, "%s stands for election", role);
    enterTerm(currentTerm() + 1, Optional.of(self));
    role = Role.CANDIDATE;
    leader = null;
    changed(reason);
  }

  /** CANDIDATE → LEADER; {@code noop} is the index of the entry it is about to append. */
  void becomeLeader(long noop) {
    Invariant.check(role == Role.CANDIDATE, "%s becomes leader", role);
    recordLeader(self);
    role = Role.LEADER;
    leader = self;
    noopIndex = noop;
    changed("a quorum voted for it");
  }

  private void enterTerm(long term, Optional<NodeId> vote) {
    Invariant.check(term > currentTerm(), "term %d after term %d", term, currentTerm());
    hardState = new HardState(term, vote);
    leaderOfTerm = null;
    durability.termChanged();
  }

  private void recordLeader(NodeId newLeader) {
    if (leaderOfTerm != null && !leaderOfTerm.equals(newLeader)) {
      throw new Invariant.Violation(
          "term %d has two leaders: %s and %s".formatted(currentTerm(), leaderOfTerm, newLeader));
    }
    leaderOfTerm = newLeader;
  }

  private void changed(String reason) {
    var known = Optional.ofNullable(leader);
    out.role(new Ready.RoleState(role, currentTerm(), known, noopIndex));
    out.trace(new TraceEvent.RoleChanged(role, currentTerm(), known, reason));
  }
}
