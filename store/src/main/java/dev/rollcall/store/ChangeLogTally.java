package dev.rollcall.store;

import java.util.ArrayDeque;

/**
 * How much the change log holds and since when, by segments of some revisions: enough to say what
 * may go without a look at the rows. Apply thread.
 */
final class ChangeLogTally {
  /** A segment ends with a revision that is one less than a multiple of this. */
  static final int SEGMENT_REVISIONS = 64;

  /** The oldest first. */
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();

  private long bytes;

  /** Revisions in a row. */
  private static final class Segment {
    private final long last;
    private long lastWallMillis;
    private long bytes;

    private Segment(long first) {
      last = first / SEGMENT_REVISIONS * SEGMENT_REVISIONS + SEGMENT_REVISIONS - 1;
    }
  }

  /**
   * The revision below which the log may be dropped now: whole segments. 0 when nothing may.
   *
   * @param lastRevision of the log
   * @param wallMillis now
   */
  long compactBelow(ChangeLogRetention retention, long lastRevision, long wallMillis) {
    long below = 0;
    long left = bytes;
    for (var segment : segments) {
      long end = Math.min(segment.last, lastRevision) + 1;
      boolean isOld = segment.lastWallMillis < wallMillis - retention.ageMillis();
      boolean isBeyond = lastRevision + 1 - end >= retention.revisions();
      if (left <= retention.bytes() && !(isOld && isBeyond)) {
        break;
      }
      left -= segment.bytes;
      below = end;
    }
    return below;
  }

  /** Bytes of the rows; those of the first segment count until all of it is gone. */
  long bytes() {
    return bytes;
  }

  /** The next revision. */
  void add(long revision, long wallMillis, int rowBytes) {
    var segment = segments.peekLast();
    if (segment == null || revision > segment.last) {
      segment = new Segment(revision);
      segments.add(segment);
    }
    segment.lastWallMillis = wallMillis;
    segment.bytes += rowBytes;
    bytes += rowBytes;
  }

  /** Revisions that the log holds no more. */
  void dropBelow(long revision) {
    for (var oldest = segments.peek();
        oldest != null && oldest.last < revision;
        oldest = segments.peek()) {
      segments.remove();
      bytes -= oldest.bytes;
    }
  }
}
