package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Entry;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Payload;
import java.util.List;
import java.util.Optional;

/**
 * What the log is replicated for. Every method runs on the apply thread, one at a time, but for
 * {@link #durableIndex} and {@link #stage}.
 *
 * @param <R> what applying a command yields
 */
public interface StateMachine<R> {
  /** Index of the last applied entry, also after a restart; 0 when there is none. */
  long lastApplied();

  /**
   * Applies committed entries, of all kinds, with consecutive indexes from {@link #lastApplied} +
   * 1. The same entries in the same order give the same state and results on every node, however
   * they are cut into ranges.
   *
   * @return one result per entry; that of an entry that is no command is not looked at
   */
  List<R> apply(List<Entry> entries);

  /**
   * What everything applied so far amounts to: equal on two nodes exactly if their states are.
   * Asked for right after a {@code VERIFY} entry was applied; never empty.
   */
  Payload digest();

  /**
   * Index up to which everything applied would survive a crash, so that the log may be cut behind
   * it. Any thread.
   */
  long durableIndex();

  /** The state as it is now. Quick, however large the state is. */
  StateSnapshot snapshot();

  /**
   * An empty place for another node's state, beside the one in use. At most one is open at a time.
   * The snapshot thread.
   *
   * @param start where the log goes on that belongs to it; kept with the state
   */
  SnapshotStaging stage(LogStart start);

  /**
   * Switches to a finished state that is ahead of {@link #lastApplied}: durable on return, and a
   * crash leaves the one state or the other. Quick. Comes only while this node does not lead.
   */
  void install(SnapshotStaging staged);

  /**
   * Where the log went on when this state was installed; empty when the state was never installed.
   * Before anything else.
   */
  Optional<LogStart> installed();

  /** This node leads {@code term}, and its own no-op has been applied: leader's work may begin. */
  void leadershipStarted(long term);

  /** This node does not lead any more; comes only after {@link #leadershipStarted}. */
  void leadershipEnded();

  /**
   * A quorum has confirmed this node's leadership at some moment after every read that completes
   * after this call was asked for, and every read asked for before that moment's round has
   * completed. Comes between started and ended, at least once per heartbeat while a quorum answers.
   */
  void leadershipConfirmed();

  /** Makes what was applied durable as far as is cheap; called once while stopping. */
  void close();
}
