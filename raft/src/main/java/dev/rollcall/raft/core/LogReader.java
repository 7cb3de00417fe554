package dev.rollcall.raft.core;

import java.util.List;

/**
 * What the core reads of the log on disk: entries that it has let go of in memory. All of them have
 * been handed out by {@link Ready.Persist} and acknowledged by {@link RaftEvent.Persisted}, or were
 * there at the start. Called on the core's thread. A failed read is fatal and never looks like an
 * empty answer (openraft#1795).
 */
public interface LogReader {
  /**
   * Lowest index that can be read; last index + 1 when the log is empty. The term of the entry
   * before it is known too.
   */
  long firstIndex();

  /** Highest index that is durable; first index - 1 when the log is empty. */
  long lastIndex();

  /** Term of the entry at {@code index}, between first - 1 and last. */
  long term(long index);

  /**
   * Entries from {@code from}, consecutive, at least one, until {@code to} (inclusive) or until
   * {@code bytesMax} is passed.
   */
  List<Entry> entries(long from, long to, long bytesMax);
}
