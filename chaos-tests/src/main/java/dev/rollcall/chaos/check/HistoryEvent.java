package dev.rollcall.chaos.check;

import dev.rollcall.store.RevisionChanges;

/** One thing that a recorder saw, in the order of time: what clients did, and what was so. */
public sealed interface HistoryEvent {
  /** When. */
  long nanos();

  /**
   * A client asked for something.
   *
   * @param call its number, unique in the history
   */
  record Asked(long nanos, long call, int client, Ask ask) implements HistoryEvent {}

  /** A client knows what came of a call, or gave up waiting. */
  record Answered(long nanos, long call, Reply reply) implements HistoryEvent {}

  /** The registry came to a revision: some node was the first to apply it. */
  record Happened(long nanos, RevisionChanges changes) implements HistoryEvent {}

  /** The registry has forgotten who had left some time ago. */
  record Forgot(long nanos) implements HistoryEvent {}
}
