package dev.rollcall.raft.core;

/**
 * AppendEntries with entries that one follower has been sent and has not answered: how many, and of
 * how many bytes. A ring of the last index and the size of each, oldest first.
 *
 * <p>How many there may be follows the follower's disk. What it answers at once it has written at
 * once; twice as much is one batch being written and one waiting for it, which keeps the disk busy,
 * and more would only wait longer (hashicorp/raft#541). So the limit doubles as long as all that
 * was sent comes back together, and falls by a quarter at a time towards what does. At the limit
 * the next message grows instead.
 */
final class AppendWindow {
  /** One being written and one waiting. */
  private static final int MESSAGES_MIN = 2;

  private final long[] lastIndexes;
  private final long[] sizes;
  private final long bytesMax;
  private int messagesLimit;

  /** Messages answered since the last turn: one batch of the follower's. */
  private int answered;

  private int head;
  private int count;
  private long bytes;

  AppendWindow(int messagesMax, long bytesMax) {
    this.lastIndexes = new long[messagesMax];
    this.sizes = new long[messagesMax];
    this.bytesMax = bytesMax;
    this.messagesLimit = messagesMax;
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean isFull() {
    return count >= messagesLimit || bytes >= bytesMax * messagesLimit / lastIndexes.length;
  }

  /** One more is on its way. */
  void add(RaftLog.Slice sent) {
    Invariant.check(!isFull(), "%d messages of %d bytes in flight already", count, bytes);
    int slot = (head + count) % lastIndexes.length;
    lastIndexes[slot] = sent.lastIndex();
    sizes[slot] = sent.bytes();
    bytes += sent.bytes();
    count++;
  }

  /** The follower has everything up to {@code index}; answers lost in between do not matter. */
  void release(long index) {
    while (count > 0 && lastIndexes[head] <= index) {
      bytes -= sizes[head];
      head = (head + 1) % lastIndexes.length;
      count--;
      answered++;
    }
  }

  /** All that has arrived by now has been looked at; what was answered was answered at once. */
  void turn() {
    if (answered == 0) {
      return;
    }
    int batch = Math.max(answered, messagesLimit / 2 * 3 / 4);
    messagesLimit = Math.min(lastIndexes.length, Math.max(MESSAGES_MIN, 2 * batch));
    answered = 0;
  }

  void clear() {
    count = 0;
    bytes = 0;
    answered = 0;
  }
}
