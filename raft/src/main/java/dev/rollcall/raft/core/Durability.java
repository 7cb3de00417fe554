package dev.rollcall.raft.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What has been handed out to be written, what of it is durable, and the messages that wait for it.
 *
 * <table>
 *   <caption>Life of a change to the log, the term or the vote</caption>
 *   <tr><th>state</th><th>next</th></tr>
 *   <tr><td>unwritten: made since the last Persist</td><td>in flight, by {@link #write}</td></tr>
 *   <tr><td>in flight: in a Persist with a sequence</td><td>durable, by {@link #persisted} of that
 *       sequence or a later one (writes are first in, first out)</td></tr>
 * </table>
 *
 * <p>The durable index is the last index up to which the log as it is <em>now</em> is on disk: the
 * last index as of the last durable write, cut back by each later change (in flight or unwritten)
 * that replaces entries. Sequences, never terms, tell which write an acknowledgement means: entries
 * can be overwritten and come back under the same term while older writes are still in flight.
 *
 * <p>A held message leaves when its write is durable and is dropped when the term moves on: it
 * promises something in the name of the old term.
 */
final class Durability {
  private static final long NONE = Long.MAX_VALUE;

  /** {@code firstIndex} is NONE for a write without entries. */
  private record Write(long sequence, long firstIndex, long lastIndex, long handedOutAt) {}

  private record Held(long sequence, Outbound message) {}

  private final int commitRecordTicks;
  private final ArrayDeque<Write> inFlight = new ArrayDeque<>();
  private final List<Held> held = new ArrayList<>();
  private List<Outbound> free = new ArrayList<>();
  private long lastSequence;
  private long durableSequence;
  private long diskLastIndex;
  private long durableIndex;
  private long unwrittenFrom = NONE;
  private Optional<LogStart> unwrittenStart = Optional.empty();
  private boolean hardStateUnwritten;

  /** The write that holds the current term; and that which holds the current vote. */
  private long termSequence;

  private long voteSequence;

  private long now;
  private long recordedCommit;
  private int ticksUnrecorded;

  Durability(long lastIndex, long commitIndex, int commitRecordTicks) {
    this.diskLastIndex = lastIndex;
    this.durableIndex = lastIndex;
    this.recordedCommit = commitIndex;
    this.commitRecordTicks = commitRecordTicks;
  }

  /** Highest index up to which the present log is durable here. */
  long durableIndex() {
    return durableIndex;
  }

  /** The log changed from this index on: appended, or replaced. */
  void logChangedFrom(long index) {
    unwrittenFrom = Math.min(unwrittenFrom, index);
    durableIndex = Math.min(durableIndex, index - 1);
  }

  /** The log begins anew: nothing of it is durable before the write that says so. */
  void logRestarted(LogStart start) {
    unwrittenStart = Optional.of(start);
    logChangedFrom(1);
  }

  /**
   * The term changed, and with it the vote; what is held in the name of the old term is dropped.
   */
  void termChanged() {
    held.clear();
    free.clear();
    termSequence = lastSequence + 1;
    voteChanged();
  }

  /** The vote changed within the term. */
  void voteChanged() {
    voteSequence = lastSequence + 1;
    hardStateUnwritten = true;
  }

  /** Sends once everything up to {@code index} is durable, and the current term with it. */
  void holdForEntries(long index, Outbound message) {
    hold(Math.max(sequenceCovering(index), termSequence), message);
  }

  /**
   * Sends once the current vote is durable, and with it, since writes are first in, first out, the
   * whole log as of when the vote was given.
   */
  void holdForVote(Outbound message) {
    hold(voteSequence, message);
  }

  /** Everything up to this sequence is durable. */
  void persisted(long sequence) {
    Invariant.check(
        sequence <= lastSequence, "durable %d, but wrote only up to %d", sequence, lastSequence);
    if (sequence <= durableSequence) {
      return;
    }
    durableSequence = sequence;
    while (!inFlight.isEmpty() && inFlight.peek().sequence() <= sequence) {
      diskLastIndex = inFlight.remove().lastIndex();
    }
    long index = diskLastIndex;
    for (Write write : inFlight) {
      index = Math.min(index, write.firstIndex() - 1);
    }
    durableIndex = Math.min(index, unwrittenFrom - 1);
    Iterator<Held> each = held.iterator();
    while (each.hasNext()) {
      Held next = each.next();
      if (next.sequence() <= sequence) {
        free.add(next.message());
        each.remove();
      }
    }
  }

  /**
   * The messages whose writes have become durable since the last call, in the order they were held.
   */
  List<Outbound> takeFree() {
    if (free.isEmpty()) {
      return List.of();
    }
    List<Outbound> taken = free;
    free = new ArrayList<>();
    return taken;
  }

  /** Ages the writes in flight, and a commit index that no write has recorded yet. */
  void tick(long commitIndex) {
    now++;
    ticksUnrecorded = commitIndex > recordedCommit ? ticksUnrecorded + 1 : 0;
  }

  /** Whether a write has been in flight for so long: the disk stands still. */
  boolean isStalled(int ticks) {
    return !inFlight.isEmpty() && now - inFlight.peek().handedOutAt() >= ticks;
  }

  /** Whether {@link #write} has something to hand out. */
  boolean mustWrite() {
    return hardStateUnwritten || unwrittenFrom != NONE || ticksUnrecorded >= commitRecordTicks;
  }

  /** Hands out one write with every change since the last one, if there is any. */
  Optional<Ready.Persist> write(HardState hardState, RaftLog log) {
    if (!mustWrite()) {
      return Optional.empty();
    }
    long from = Math.max(unwrittenFrom, log.previous().index() + 1);
    List<Entry> entries =
        from > log.lastIndex()
            ? List.of()
            : log.slice(from, log.lastIndex(), Long.MAX_VALUE).entries();
    lastSequence++;
    inFlight.add(new Write(lastSequence, unwrittenFrom, log.lastIndex(), now));
    unwrittenFrom = NONE;
    hardStateUnwritten = false;
    recordedCommit = log.commitIndex();
    ticksUnrecorded = 0;
    Optional<LogStart> start = unwrittenStart;
    unwrittenStart = Optional.empty();
    return Optional.of(new Ready.Persist(lastSequence, hardState, recordedCommit, start, entries));
  }

  private void hold(long sequence, Outbound message) {
    if (sequence <= durableSequence) {
      free.add(message);
    } else {
      held.add(new Held(sequence, message));
    }
  }

  /** The last write that touched {@code index} or something before it; 0 when that is durable. */
  private long sequenceCovering(long index) {
    if (index <= durableIndex) {
      return 0;
    }
    if (index >= unwrittenFrom) {
      return lastSequence + 1;
    }
    Iterator<Write> newestFirst = inFlight.descendingIterator();
    while (newestFirst.hasNext()) {
      Write write = newestFirst.next();
      if (write.firstIndex() <= index) {
        return write.sequence();
      }
    }
    throw new Invariant.Violation("entry " + index + " is neither durable nor being written");
  }
}
