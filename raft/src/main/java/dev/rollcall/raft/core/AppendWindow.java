package dev.rollcall.raft.core;

/**
 * AppendEntries with entries that one follower has been sent and has not answered: how many, and of
 * how many bytes. A ring of the last index and the size of each, oldest first.
 */
final class AppendWindow {
  private final long[] lastIndexes;
  private final long[] sizes;
  private final long bytesMax;
  private int head;
  private int count;
  private long bytes;

  AppendWindow(int messagesMax, long bytesMax) {
    this.lastIndexes = new long[messagesMax];
    this.sizes = new long[messagesMax];
    this.bytesMax = bytesMax;
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean isFull() {
    return count == lastIndexes.length || bytes >= bytesMax;
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
    }
  }

  void clear() {
    count = 0;
    bytes = 0;
  }
}
