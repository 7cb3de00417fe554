package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.Ready.Persist;
import dev.rollcall.raft.log.SegmentedLog;
import java.util.List;
import java.util.OptionalLong;

/**
 * Writes the log: takes every write that waits, appends them all and forces once, so that the batch
 * grows by itself while the disk is busy, and no timer waits when it is not. Drops the beginning of
 * the log once it may go. Turned without work it prepares the log's next segment, a piece at a
 * time.
 *
 * <p>Appending is one turn and forcing the next: what is handed out between the two meets a write
 * that is under way, as it does when a disk takes its time.
 *
 * <p>Its queue has no bound and drops nothing, since the core counts on every write it handed out.
 * What can be in it is bounded elsewhere. On a leader by the door ({@link RaftNodeConfig.Limits}):
 * entries may commit past a slow disk of its own, but they are applied, and their proposals
 * answered, only once they are durable here. On a follower by the leader's window of unanswered
 * appends, since the answers wait for the disk.
 */
@OwnedBy("log")
public final class LogWriter implements Part {
  private final Owner owner = new Owner();
  private final SegmentedLog log;
  private final Marks marks;
  private final Bell bell;
  private final WorkQueue<Persist> writes;
  private volatile long compactTo; // written by the raft thread
  private long compactedTo;
  private OptionalLong unforced = OptionalLong.empty(); // sequence of the last write appended

  LogWriter(SegmentedLog log, Marks marks) {
    this.log = log;
    this.marks = marks;
    this.bell = new Bell();
    this.writes = new WorkQueue<>(bell);
  }

  /** Raft thread. */
  void add(Persist write) {
    writes.add(write);
  }

  /** Raft thread: entries below this index may go. */
  void compactTo(long index) {
    compactTo = index;
    bell.ring();
  }

  @Override
  public boolean runOnce() {
    owner.check();
    if (unforced.isPresent()) {
      force(unforced.getAsLong());
      return true;
    }
    List<Persist> batch = writes.takeAll();
    if (batch.isEmpty()) {
      return compact() || log.prepareSpare();
    }
    for (Persist write : batch) {
      log.append(write);
    }
    unforced = OptionalLong.of(batch.getLast().sequence());
    return true;
  }

  /** Whether its next turn waits for the disk. */
  public boolean forcesNext() {
    owner.check();
    return unforced.isPresent();
  }

  private void force(long sequence) {
    log.force();
    unforced = OptionalLong.empty();
    marks.persistedUpTo(sequence);
    compact();
    if (log.spareIsDue()) {
      log.prepareSpare();
    }
  }

  private boolean compact() {
    long index = compactTo;
    if (index <= compactedTo) {
      return false;
    }
    log.dropPrefix(index);
    compactedTo = index;
    return true;
  }

  @Override
  public long idleNanosMax() {
    return Long.MAX_VALUE;
  }

  @Override
  public void onWork(Runnable wakeUp) {
    bell.answeredBy(wakeUp);
  }
}
