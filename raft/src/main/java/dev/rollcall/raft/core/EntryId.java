package dev.rollcall.raft.core;

/**
 * Where an entry stands: two entries with equal ids are equal, in every log (log matching, Raft
 * §5.3).
 *
 * @param term term of the leader that made it, 0 only for {@link #NONE}
 * @param index position in the log, from 1
 */
public record EntryId(long term, long index) {
  /** Stands before the first entry. */
  public static final EntryId NONE = new EntryId(0, 0);

  public EntryId {
    Invariant.check(term >= 0 && index >= 0, "negative entry id %d/%d", term, index);
  }

  /**
   * Whether a log that ends here is at least as up to date as one that ends there (Raft §5.4.1).
   */
  public boolean isAtLeastAsUpToDateAs(EntryId other) {
    return term != other.term ? term > other.term : index >= other.index;
  }
}
