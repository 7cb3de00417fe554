package dev.rollcall.raft.core;

import java.util.ArrayDeque;
import java.util.List;

/**
 * What the state machine has been handed and what it has applied. Hands out committed entries that
 * are durable here, each once and in order; no more than twice {@code applyBytesMax} are out and
 * not yet applied, one range at work and one in reserve, so that a long replay or a slow state
 * machine does not pull the whole log into memory.
 */
final class ApplyWindow {
  private record Range(long lastIndex, long bytes) {}

  private final RaftLog log;
  private final Durability durability;
  private final int applyBytesMax;
  private final ArrayDeque<Range> ranges = new ArrayDeque<>();
  private long handedOut;
  private long applied;
  private long installed;
  private long bytesOut;

  ApplyWindow(RaftLog log, Durability durability, int applyBytesMax, long lastApplied) {
    this.log = log;
    this.durability = durability;
    this.applyBytesMax = applyBytesMax;
    this.handedOut = lastApplied;
    this.applied = lastApplied;
  }

  /** Whether {@link #take} has something to hand out. */
  boolean hasEntries() {
    return handedOut < applicable() && bytesOut < 2L * applyBytesMax;
  }

  /** The next range to apply, perhaps empty. */
  List<Entry> take() {
    if (!hasEntries()) {
      return List.of();
    }
    RaftLog.Slice slice = log.slice(handedOut + 1, applicable(), applyBytesMax);
    Invariant.check(
        slice.entries().getFirst().index() == handedOut + 1
            && slice.lastIndex() <= durability.durableIndex(),
        "handing out up to %d after %d",
        slice.lastIndex(),
        handedOut);
    handedOut = slice.lastIndex();
    bytesOut += slice.bytes();
    ranges.add(new Range(handedOut, slice.bytes()));
    return slice.entries();
  }

  /**
   * The state machine holds everything up to {@code index} by a snapshot, and goes on from there.
   */
  void installed(long index) {
    if (index <= applied) {
      return;
    }
    installed = index;
    applied = index;
    handedOut = Math.max(handedOut, index);
    release(index);
  }

  /** Highest index that the state machine has applied. */
  long applied() {
    return applied;
  }

  /** The state machine has applied everything up to {@code index}. */
  void applied(long index) {
    if (index <= installed) {
      return; // said before it switched to the snapshot
    }
    Invariant.check(
        applied <= index && index <= handedOut,
        "applied %d after %d, handed out %d",
        index,
        applied,
        handedOut);
    applied = index;
    release(index);
  }

  private void release(long index) {
    while (!ranges.isEmpty() && ranges.peek().lastIndex() <= index) {
      bytesOut -= ranges.remove().bytes();
    }
  }

  private long applicable() {
    return Math.min(log.commitIndex(), durability.durableIndex());
  }
}
