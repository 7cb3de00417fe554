package dev.rollcall.raft.core;

import java.util.ArrayDeque;

/**
 * How many bytes lie between an index and the end of the log, roughly: marks at a step that grows
 * with the log, so that there are never more than {@value #MARKS_MAX}. Counts what is appended in
 * this life of the node; entries from before it have no bytes here.
 */
final class ByteMarks {
  private static final int MARKS_MAX = 1024;

  /** All bytes up to and with the entry at {@code index}. */
  private record Mark(long index, long bytes) {}

  private ArrayDeque<Mark> marks = new ArrayDeque<>();
  private long stepBytes = 1;
  private long bytes;
  private long forgotten;

  void appended(long index, long size) {
    bytes += size;
    long marked = marks.isEmpty() ? forgotten : marks.getLast().bytes();
    if (bytes - marked < stepBytes) {
      return;
    }
    marks.add(new Mark(index, bytes));
    if (marks.size() > MARKS_MAX) {
      thinOut();
    }
  }

  /** Entries from {@code index} on are taken back; those behind the last mark stay counted. */
  void truncateFrom(long index) {
    while (!marks.isEmpty() && marks.getLast().index() >= index) {
      marks.removeLast();
      bytes = marks.isEmpty() ? forgotten : marks.getLast().bytes();
    }
  }

  void forgetBefore(long first) {
    while (!marks.isEmpty() && marks.getFirst().index() < first) {
      forgotten = marks.removeFirst().bytes();
    }
  }

  void clear() {
    marks.clear();
    forgotten = bytes;
  }

  /** The lowest index, as far as marks tell, from which on there are at most {@code most} bytes. */
  long firstOfLast(long most) {
    if (bytes - forgotten <= most) {
      return 1;
    }
    long first = 1;
    for (Mark mark : marks) {
      first = mark.index() + 1;
      if (bytes - mark.bytes() <= most) {
        break;
      }
    }
    return first;
  }

  private void thinOut() {
    var half = new ArrayDeque<Mark>();
    boolean keeps = false;
    for (Mark mark : marks) {
      if (keeps) {
        half.add(mark);
      }
      keeps = !keeps;
    }
    marks = half;
    stepBytes *= 2;
  }
}
