package dev.rollcall.server.replication;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.store.Command;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Lets replicated deadlines pass (docs/architecture.md, data path): the state ends an override or a
 * drain when an entry is stamped late enough, and an idle cluster has no entries. So the leader,
 * when its wall clock has come to the next deadline, proposes one that does nothing else. Idle →
 * leading → idle. Apply thread only.
 */
final class DeadlineProposer {
  private final Supplier<OptionalLong> nextDeadlineMillis;
  private final LeaderCommands commands;
  private final Clock clock;

  // 0 while idle.
  private long term;
  private boolean isProposed;

  DeadlineProposer(
      Supplier<OptionalLong> nextDeadlineMillis, LeaderCommands commands, Clock clock) {
    this.nextDeadlineMillis = nextDeadlineMillis;
    this.commands = commands;
    this.clock = clock;
  }

  /** The way of a leader's own command into the log. */
  interface LeaderCommands {
    /**
     * Proposes the command, on this node and in this term or not at all.
     *
     * @param settled to be run on the apply thread once that is applied or certainly never will be;
     *     may never be run when neither becomes known
     */
    void propose(long term, Command command, Runnable settled);
  }

  void leadershipStarted(long newTerm) {
    term = newTerm;
    isProposed = false;
  }

  /** Proposes, if a deadline is due, and what was proposed before is settled. */
  void leadershipConfirmed() {
    if (term == 0 || isProposed) {
      return;
    }
    var next = nextDeadlineMillis.get();
    if (next.isPresent() && next.getAsLong() <= clock.wallMillis()) {
      isProposed = true;
      long proposedIn = term;
      commands.propose(term, new Command.PassDeadlines(), () -> settled(proposedIn));
    }
  }

  void leadershipEnded() {
    term = 0;
  }

  private void settled(long proposedIn) {
    if (term == proposedIn) {
      isProposed = false;
    }
  }
}
