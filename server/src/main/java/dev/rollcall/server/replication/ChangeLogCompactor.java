package dev.rollcall.server.replication;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.replication.DeadlineProposer.LeaderCommands;
import dev.rollcall.store.ChangeLogRetention;
import dev.rollcall.store.Command;
import dev.rollcall.store.RegistryStore;

/**
 * Has the beginning of the change log dropped when it is older and longer than it is to be. The
 * leader decides, by its own settings and its own clock, and all nodes drop it at one entry. Idle →
 * leading → idle. Apply thread only.
 */
final class ChangeLogCompactor {
  /** Commands on their way: they drop more in a second than a cluster can write. */
  static final int COMMANDS_MAX = 16;

  private final RegistryStore store;
  private final ChangeLogRetention retention;
  private final LeaderCommands commands;
  private final Clock clock;

  // 0 while idle.
  private long term;
  private int proposed;

  ChangeLogCompactor(
      RegistryStore store, ChangeLogRetention retention, LeaderCommands commands, Clock clock) {
    this.store = store;
    this.retention = retention;
    this.commands = commands;
    this.clock = clock;
  }

  void leadershipStarted(long newTerm) {
    term = newTerm;
    proposed = 0;
  }

  /** Proposes, if something may go, and what was proposed before is settled. */
  void leadershipConfirmed() {
    if (term == 0 || proposed > 0) {
      return;
    }
    long below = store.compactBelow(retention, clock.wallMillis());
    long revisions = below - store.status().compactRevision();
    if (revisions <= 0) {
      return;
    }
    long proposedIn = term;
    // Each goes on where the one before it ended.
    proposed =
        (int) Math.min(COMMANDS_MAX, 1 + (revisions - 1) / Command.CompactChanges.REVISIONS_MAX);
    for (int i = proposed; i > 0; i--) {
      commands.propose(proposedIn, new Command.CompactChanges(below), () -> settled(proposedIn));
    }
  }

  void leadershipEnded() {
    term = 0;
  }

  private void settled(long proposedIn) {
    if (term == proposedIn) {
      proposed--;
    }
  }
}
