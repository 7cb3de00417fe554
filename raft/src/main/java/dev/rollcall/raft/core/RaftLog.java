package dev.rollcall.raft.core;

import java.util.List;

/**
 * The log as this node sees it now: a tail in memory over what {@link LogReader} has on disk.
 *
 * <pre>
 *   … previous | first … tail.first - 1 | tail.first … last index
 *   forgotten  |  on disk only          |  in memory (the end of it perhaps not on disk yet)
 * </pre>
 *
 * <p>Of what is forgotten only the id of its last entry, {@code previous}, is known; the disk may
 * hold more of it for a while, and nobody reads that.
 *
 * <p>Invariants: indexes have no gap; terms never fall along the log; the commit index never goes
 * back and never passes the last index; nothing at or below it is ever replaced (Raft §5.4.3); only
 * what is committed is forgotten.
 */
final class RaftLog {
  /** Consecutive entries and what they count for. */
  record Slice(List<Entry> entries, long bytes) {
    static final Slice EMPTY = new Slice(List.of(), 0);

    long lastIndex() {
      return entries.getLast().index();
    }
  }

  private final LogReader reader;
  private final Outbox out;
  private final EntryRing tail;
  private final ByteMarks marks = new ByteMarks();
  private EntryId previous;
  private EntryId last;
  private long commitIndex;

  /** The slice handed out last: disk and peers mostly want the same one. */
  private Slice recent = Slice.EMPTY;

  RaftLog(LogReader reader, Restored restored, Outbox out) {
    this.reader = reader;
    this.out = out;
    long lastIndex = reader.lastIndex();
    this.tail = new EntryRing(lastIndex + 1);
    this.previous = idOnDisk(reader.firstIndex() - 1);
    this.last = idOnDisk(lastIndex);
    Invariant.check(
        restored.commitIndex() <= lastIndex,
        "commit %d > last %d in the log that was read back",
        restored.commitIndex(),
        lastIndex);
    this.commitIndex = Math.max(restored.commitIndex(), previous.index());
  }

  private EntryId idOnDisk(long index) {
    return index == 0 ? EntryId.NONE : new EntryId(reader.term(index), index);
  }

  /** The entry before the first that is here; {@link EntryId#NONE} as long as all are. */
  EntryId previous() {
    return previous;
  }

  EntryId last() {
    return last;
  }

  long lastIndex() {
    return last.index();
  }

  long commitIndex() {
    return commitIndex;
  }

  /** Bytes of the entries in memory above {@code index}. */
  long bytesAfter(long index) {
    return tail.bytesAfter(index);
  }

  /** The id of the entry at {@code index}; {@link EntryId#NONE} for 0. */
  EntryId idAt(long index) {
    return index == 0 ? EntryId.NONE : new EntryId(term(index), index);
  }

  /**
   * Whether the log has, or had, this very entry, of which somebody says who has everything that is
   * committed; it always has {@link EntryId#NONE}. What is forgotten was committed, so there can be
   * no other entry in its place.
   */
  boolean contains(EntryId id) {
    return id.index() < previous.index()
        || (id.index() <= last.index() && term(id.index()) == id.term());
  }

  /** Term of the entry at {@code index}, none before {@link #previous}; 0 for index 0. */
  long term(long index) {
    if (index == last.index()) {
      return last.term();
    }
    if (index == previous.index()) {
      return previous.term();
    }
    Invariant.check(index < last.index(), "term of %d, beyond last %d", index, last.index());
    if (index >= tail.first()) {
      return tail.at(index).term();
    }
    Invariant.check(index > previous.index(), "term of %d, known from %d", index, previous.index());
    return reader.term(index);
  }

  /**
   * The highest index up to {@code bound} whose term is not above {@code term}, or one before
   * {@link #previous} when it is not known any more. Where two logs disagree, no entry of the one
   * above such an index can be in the other, because terms never fall along a log.
   */
  long lastWithTermAtMost(long term, long bound) {
    if (bound < previous.index()) {
      return bound;
    }
    if (previous.term() > term) {
      return previous.index() - 1;
    }
    long low = previous.index();
    long high = bound;
    while (low < high) {
      long middle = low + (high - low + 1) / 2;
      if (term(middle) <= term) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Appends the next entry. */
  void append(Entry entry) {
    EntryId id = entry.id();
    if (id.index() != last.index() + 1 || id.term() < last.term()) {
      throw new Invariant.Violation("entry " + id + " appended after " + last);
    }
    tail.append(entry);
    marks.appended(id.index(), entry.sizeBytes());
    last = id;
  }

  /** Forgets the entries before {@code first}, which are committed and which nobody needs. */
  void forgetBefore(long first) {
    Invariant.check(first - 1 <= commitIndex, "forgetting below %d, commit %d", first, commitIndex);
    previous = idAt(first - 1);
    while (tail.first() < first && tail.first() < tail.end()) {
      tail.dropFirst();
    }
    marks.forgetBefore(first);
    out.trace(new TraceEvent.Compacted(first));
  }

  /** Begins anew behind an entry that is committed and that this log does not have. */
  void restartBehind(EntryId start) {
    Invariant.check(
        start.index() > commitIndex, "restart at %d, commit %d", start.index(), commitIndex);
    tail.clear(start.index() + 1);
    marks.clear();
    recent = Slice.EMPTY;
    previous = start;
    last = start;
    out.trace(new TraceEvent.Restarted(start));
    commitTo(start.index());
  }

  /** The lowest index from which on the entries appended in this life are at most so many bytes. */
  long firstOfLast(long bytes) {
    return marks.firstOfLast(bytes);
  }

  /** Takes back an uncommitted suffix: a new leader has other entries there. */
  void truncateFrom(long index) {
    Invariant.check(index > commitIndex, "truncating %d, commit %d", index, commitIndex);
    Invariant.check(index <= last.index(), "truncating %d, last %d", index, last.index());
    out.trace(new TraceEvent.Truncated(index, last.index()));
    EntryId newLast = idAt(index - 1);
    tail.truncateFrom(index);
    marks.truncateFrom(index);
    last = newLast;
    recent = Slice.EMPTY;
  }

  /** Moves the commit index forward, never back; whether it moved. */
  boolean commitTo(long index) {
    if (index <= commitIndex) {
      return false;
    }
    Invariant.check(
        index <= last.index(),
        "told to commit %d, last %d: this disk lost entries that it had acknowledged",
        index,
        last.index());
    commitIndex = index;
    out.trace(new TraceEvent.Committed(index));
    return true;
  }

  /**
   * Entries from {@code from}, at least one, until {@code to} (inclusive) or before {@code
   * bytesMax} would be passed; perhaps fewer where memory begins.
   */
  Slice slice(long from, long to, long bytesMax) {
    Invariant.check(
        previous.index() < from && from <= to && to <= last.index(),
        "slice %d to %d of %s to %s",
        from,
        to,
        previous,
        last);
    if (from < tail.first()) {
      return readSlice(from, Math.min(to, tail.first() - 1), bytesMax);
    }
    long end = tail.lastThatFits(from, to, bytesMax);
    boolean same =
        !recent.entries().isEmpty()
            && recent.entries().getFirst().index() == from
            && recent.lastIndex() == end;
    if (!same) {
      recent = new Slice(tail.copy(from, end), tail.bytes(from, end));
    }
    return recent;
  }

  /**
   * Lets go of the oldest entries in memory beyond {@code bytesMax}, as far as the disk has them
   * and they are committed: they are read back in the rare case that somebody still wants them.
   */
  void evict(long durableIndex, long bytesMax) {
    recent = Slice.EMPTY;
    long evictable = Math.min(durableIndex, commitIndex);
    while (tail.first() <= evictable && tail.bytesAfter(tail.first() - 1) > bytesMax) {
      tail.dropFirst();
    }
  }

  private Slice readSlice(long from, long to, long bytesMax) {
    List<Entry> entries = reader.entries(from, to, bytesMax);
    Invariant.check(!entries.isEmpty(), "the log on disk gave nothing for %d to %d", from, to);
    long bytes = 0;
    long index = from;
    for (Entry entry : entries) {
      Invariant.check(entry.index() == index, "read entry %d in place of %d", entry.index(), index);
      bytes += entry.sizeBytes();
      index++;
    }
    return new Slice(entries, bytes);
  }
}
