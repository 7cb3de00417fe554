package dev.rollcall.raft.core;

import dev.rollcall.raft.core.RaftEvent.ChangeMembers;
import dev.rollcall.raft.core.Ready.RefusalReason;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Changes of who the members are, as a leader makes them (Raft §6, thesis §4.3).
 *
 * <table>
 *   <caption>Life of a change</caption>
 *   <tr><th>configuration in force</th><th>when</th><th>next</th></tr>
 *   <tr><td>at rest, committed</td><td>a change that touches no voter</td>
 *       <td>at rest, uncommitted</td></tr>
 *   <tr><td>at rest, committed</td><td>a change of voters, be it any number of them</td>
 *       <td>joint, uncommitted</td></tr>
 *   <tr><td>joint, uncommitted</td><td>a quorum of both halves has it: this leader, or a later one
 *       with its own no-op, commits it</td><td>at rest, uncommitted: the outgoing half is
 *       gone</td></tr>
 *   <tr><td>at rest, uncommitted</td><td>committed</td><td>at rest, committed; a leader that is no
 *       voter of it steps down</td></tr>
 *   <tr><td>any uncommitted</td><td>truncated by a new leader</td><td>the one before</td></tr>
 * </table>
 *
 * <p>Each is in force from the moment it is appended. So at most one is uncommitted in any log, and
 * its quorums overlap those of the one before; a change begins only once an entry of this leader's
 * own term is committed, because only then does it know of every change that may be under way.
 */
final class Membership {
  private final RaftConfig.Promotion config;
  private final TermState state;
  private final RaftLog log;
  private final Durability durability;
  private final ConfigurationHistory configurations;
  private final Replication replication;
  private final Outbox out;

  Membership(
      RaftConfig.Promotion config,
      TermState state,
      RaftLog log,
      Durability durability,
      ConfigurationHistory configurations,
      Replication replication,
      Outbox out) {
    this.config = config;
    this.state = state;
    this.log = log;
    this.durability = durability;
    this.configurations = configurations;
    this.replication = replication;
    this.out = out;
  }

  /** Begins a change that an operator wants, or refuses it. */
  void change(ChangeMembers event) {
    if (!hasCommittedInTerm()) {
      out.refused(event.ticket(), RefusalReason.TERM_NOT_COMMITTED);
      return;
    }
    if (!isAtRest()) {
      out.refused(event.ticket(), RefusalReason.CHANGE_UNDER_WAY);
      return;
    }
    Optional<Configuration> next =
        ConfigurationDraft.change(configurations.current(), event.changes());
    if (next.isEmpty() || !event.changes().stream().allMatch(this::isTimely)) {
      out.refused(event.ticket(), RefusalReason.INVALID_CHANGE);
      return;
    }
    out.accepted(event.ticket(), append(next.get(), event.wallMillis()));
  }

  /** One tick: learners that have kept up for long enough get their votes, all in one step. */
  void tick() {
    if (!hasCommittedInTerm() || !isAtRest()) {
      return;
    }
    var promotions = new ArrayList<MemberChange>();
    for (Member learner : configurations.current().learners()) {
      if (replication.isClose(learner.id(), config.ticks())) {
        promotions.add(new MemberChange.Promote(learner.id()));
      }
    }
    ConfigurationDraft.change(configurations.current(), promotions)
        .ifPresent(next -> append(next, 0));
  }

  /** Ends a change whose joint configuration is committed. */
  void advance() {
    Configuration current = configurations.current();
    if (current.isJoint() && hasCommittedInTerm() && isCommitted()) {
      append(current.withoutOutgoing(), 0);
    }
  }

  /** Whether this leader is no voter any more, and that is final. */
  boolean hasLeft() {
    return !configurations.current().isVoter(state.self()) && isCommitted();
  }

  private EntryId append(Configuration next, long wallMillis) {
    var id = new EntryId(state.currentTerm(), log.lastIndex() + 1);
    var entry = new Entry(id, EntryKind.CONFIGURATION, wallMillis, next.encode());
    log.append(entry);
    configurations.appended(entry);
    durability.logChangedFrom(id.index());
    replication.membersChanged();
    return id;
  }

  /** Whoever is to vote at once must have been found in reach. */
  private boolean isTimely(MemberChange change) {
    return !(change instanceof MemberChange.Promote(var id)) || replication.isClose(id, 0);
  }

  private boolean hasCommittedInTerm() {
    return log.commitIndex() >= state.noopIndex();
  }

  private boolean isAtRest() {
    return isCommitted() && !configurations.current().isJoint();
  }

  private boolean isCommitted() {
    return configurations.currentIndex() <= log.commitIndex();
  }
}
