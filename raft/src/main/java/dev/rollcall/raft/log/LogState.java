package dev.rollcall.raft.log;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.EntryId;
import dev.rollcall.raft.core.HardState;
import dev.rollcall.raft.core.Invariant;
import dev.rollcall.raft.core.LogStart;
import dev.rollcall.raft.core.Restored.ConfigurationAt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What the batches written so far amount to. Appending and recovery put every batch through the
 * same methods, so that a restart arrives where the writer was. Owned by the log writer.
 */
final class LogState {
  private final Deque<Start> starts = new ArrayDeque<>();
  private BatchTable batches = new BatchTable();
  private final List<ConfigurationAt> configurations = new ArrayList<>();
  private TermRuns terms;
  private long lastIndex;
  private long sequence;
  private int lastChecksum;
  private HardState hardState;
  private long commitIndex;
  private BatchHeader.Durable durable;

  /** As of the beginning of the log's first segment. */
  LogState(SegmentHeader first) {
    terms = TermRuns.startingAt(first.previous().index(), first.previous().term());
    hardState = first.hardState();
    durable = new BatchHeader.Durable(0, 0);
    beginWith(first);
  }

  /** Forgets everything; the log begins with this segment. */
  void beginWith(SegmentHeader first) {
    starts.clear();
    batches = new BatchTable();
    configurations.clear();
    starts.add(new Start(first.segmentId(), first.baseIndex()));
    lastIndex = first.previous().index();
    terms = TermRuns.startingAt(lastIndex, first.previous().term());
    sequence = first.firstSequence() - 1;
    lastChecksum = first.previousChecksum();
    hardState = first.hardState();
    commitIndex = first.commitIndex();
    durable = new BatchHeader.Durable(sequence, lastIndex);
    first.configuration().ifPresent(configurations::add);
  }

  /**
   * A segment with which the log may begin: no later batch reaches below its base index, so what
   * its header says of the entry before still holds.
   */
  record Start(long segmentId, long baseIndex) {}

  /** Header of a segment that begins after the last batch. */
  SegmentHeader nextSegment(LogIdentity identity, long segmentId, long salt) {
    Optional<ConfigurationAt> newest =
        configurations.isEmpty() ? Optional.empty() : Optional.of(configurations.getLast());
    return new SegmentHeader(
        identity,
        segmentId,
        salt,
        new EntryId(terms.lastTerm(), lastIndex),
        sequence + 1,
        lastChecksum,
        hardState,
        commitIndex,
        durable.sequence(),
        newest);
  }

  /** Header of a segment that begins the log anew, with the first batch behind it durable. */
  SegmentHeader anew(
      LogIdentity identity, long segmentId, long salt, LogStart start, HardState next) {
    return new SegmentHeader(
        identity,
        segmentId,
        salt,
        start.previous(),
        sequence + 1,
        lastChecksum,
        next,
        start.previous().index(),
        sequence + 1,
        Optional.of(start.configuration()));
  }

  /** The batches from now on are in this segment, the next one. */
  void enter(long segmentId) {
    starts.add(new Start(segmentId, lastIndex + 1));
  }

  /** The last segment with which the log may begin without losing an entry from this index on. */
  Start startFor(long index) {
    Start found = starts.getFirst();
    for (Start start : starts) {
      if (start.baseIndex() <= index) {
        found = start;
      }
    }
    return found;
  }

  /** Forgets what lies before the segment, which {@link #startFor} has named. */
  void dropBefore(Start start) {
    while (!starts.getFirst().equals(start)) {
      starts.removeFirst();
    }
    long before = start.baseIndex() - 1;
    terms = terms.from(before);
    batches.dropBefore(Locations.of(start.segmentId(), 0));
    while (configurations.size() > 1 && configurations.get(1).index() <= before) {
      configurations.removeFirst(); // the newest one before is in force there
    }
  }

  /** What had been forced at the writing of a batch that begins with {@code index}. */
  BatchHeader.Durable durableBefore(long index) {
    return new BatchHeader.Durable(durable.sequence(), Math.min(durable.index(), index - 1));
  }

  /** Whether the batch is the next one and replaces what lies before the log's beginning. */
  boolean isOutreachedBy(BatchHeader header) {
    return continuesWith(header) && header.firstIndex() < firstIndex();
  }

  private boolean continuesWith(BatchHeader header) {
    return header.sequence() == sequence + 1 && header.previousChecksum() == lastChecksum;
  }

  /**
   * Takes in a batch without its entries, which follow one by one.
   *
   * @param location where the batch is, for {@link BatchTable}
   */
  void begin(BatchHeader header, int headerChecksum, long location) {
    long first = header.firstIndex();
    Invariant.check(
        continuesWith(header), "batch %d does not continue batch %d", header.sequence(), sequence);
    Invariant.check(
        first >= firstIndex() && first <= lastIndex + 1,
        "batch from index %d does not fit a log of %d to %d",
        first,
        firstIndex(),
        lastIndex);
    Invariant.check(
        first > commitIndex, "index %d would be replaced, but %d is committed", first, commitIndex);
    checkHardState(header.hardState());
    if (first <= lastIndex) {
      cutFrom(first);
    }
    if (header.count() > 0) {
      batches.push(first, location);
    }
    durable = durableBefore(first);
    hardState = header.hardState();
    commitIndex = Math.max(commitIndex, header.commitIndex());
    sequence = header.sequence();
    lastChecksum = headerChecksum;
  }

  /** Takes in the next entry of the batch begun last. */
  void add(long index, long term) {
    Invariant.check(index == lastIndex + 1, "entry %d after entry %d", index, lastIndex);
    long lastTerm = terms.lastTerm();
    Invariant.check(term >= lastTerm, "entry of term %d after term %d", term, lastTerm);
    long currentTerm = hardState.currentTerm();
    Invariant.check(term <= currentTerm, "entry of term %d in term %d", term, currentTerm);
    terms = terms.with(index, term);
    lastIndex = index;
  }

  /** The entry added last is this configuration. */
  void addConfiguration(Configuration configuration) {
    configurations.add(new ConfigurationAt(lastIndex, configuration));
  }

  /** Everything taken in so far is on the disk. */
  void markDurable() {
    durable = new BatchHeader.Durable(sequence, lastIndex);
  }

  long firstIndex() {
    return starts.getFirst().baseIndex();
  }

  long lastIndex() {
    return lastIndex;
  }

  long sequence() {
    return sequence;
  }

  int lastChecksum() {
    return lastChecksum;
  }

  HardState hardState() {
    return hardState;
  }

  long commitIndex() {
    return commitIndex;
  }

  BatchHeader.Durable durable() {
    return durable;
  }

  TermRuns terms() {
    return terms;
  }

  BatchTable.View batches() {
    return batches.view();
  }

  List<ConfigurationAt> configurations() {
    return List.copyOf(configurations);
  }

  private void cutFrom(long index) {
    batches.cutFrom(index);
    while (starts.getLast().baseIndex() > index) {
      starts.removeLast();
    }
    terms = terms.before(index);
    while (!configurations.isEmpty() && configurations.getLast().index() >= index) {
      configurations.removeLast();
    }
    lastIndex = index - 1;
  }

  private void checkHardState(HardState next) {
    Invariant.check(
        next.currentTerm() > hardState.currentTerm()
            || (next.currentTerm() == hardState.currentTerm()
                && (hardState.votedFor().isEmpty()
                    || hardState.votedFor().equals(next.votedFor()))),
        "%s written after %s",
        next,
        hardState);
  }
}
