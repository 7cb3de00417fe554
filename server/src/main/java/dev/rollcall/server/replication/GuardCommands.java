package dev.rollcall.server.replication;

import java.util.List;

/**
 * The way of what a leader decides for the guard into the log: on this node and in this term or not
 * at all. {@code settled} is run on the apply thread once the command is applied or certainly never
 * will be; it may never be run when neither becomes known.
 */
public interface GuardCommands {
  /** Engages the guard of a namespace. */
  void engage(long term, String foldedNamespace, Runnable settled);

  /** Releases the guard of a namespace. */
  void release(long term, String foldedNamespace, Runnable settled);

  /** Marks leases, and what they carry, as suspect, or takes the mark away. */
  void judge(long term, List<Long> leaseIds, boolean areSuspect, Runnable settled);
}
