package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Ready.RoleState;
import dev.rollcall.raft.core.Role;

/**
 * Turns roles into what a {@link StateMachine} hears of leadership. Not leading → elected (role
 * LEADER) → started (own no-op applied) → not leading (any other role or term).
 */
final class Leadership {
  private static final long NONE = 0;

  private final StateMachine<?> machine;

  /** Term this node leads, or {@link #NONE}. */
  private long term = NONE;

  private long noopIndex;
  private boolean started;

  Leadership(StateMachine<?> machine) {
    this.machine = machine;
  }

  void roleChanged(RoleState role) {
    boolean leads = role.role() == Role.LEADER;
    if (leads && role.term() == term) {
      return;
    }
    if (started) {
      started = false;
      machine.leadershipEnded();
    }
    term = leads ? role.term() : NONE;
    noopIndex = role.noopIndex();
  }

  /**
   * The entry applied at the no-op's index is the no-op: while it leads, a leader's log only grows.
   */
  void applied(long lastApplied) {
    if (term != NONE && !started && lastApplied >= noopIndex) {
      started = true;
      machine.leadershipStarted(term);
    }
  }

  /** Whether this node leads, as far as the state machine's side has heard. */
  boolean leads() {
    return term != NONE;
  }

  void confirmed(long confirmedTerm) {
    if (started && confirmedTerm == term) {
      machine.leadershipConfirmed();
    }
  }
}
