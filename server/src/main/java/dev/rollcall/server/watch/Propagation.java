package dev.rollcall.server.watch;

/**
 * When the latest revisions were published on this node, to tell how long they took to the clients
 * that acknowledge them. {@link #published} belongs to the apply thread, {@link #newest} to the
 * watch thread.
 */
final class Propagation {
  /** Publications remembered: a second or more of them under the heaviest load. */
  private static final int REMEMBERED = 1 << 14;

  private final long[] revisions = new long[REMEMBERED];
  private final long[] nanos = new long[REMEMBERED];

  /** Publications so far; written after what it counts. */
  private volatile long count;

  /** What was published, up to a revision, is shown to watchers from now on. */
  void published(long revision, long nowNanos) {
    long next = count;
    revisions[(int) (next % REMEMBERED)] = revision;
    nanos[(int) (next % REMEMBERED)] = nowNanos;
    count = next + 1;
  }

  /** A publication. */
  record Publication(long revision, long nanos) {
    static final Publication NONE = new Publication(0, 0);
  }

  /**
   * The newest publication of a revision that is acknowledged, and not of one that was before; none
   * when it is no longer remembered.
   */
  Publication newest(long acknowledged, long before) {
    long end = count;
    // Half of them: those that are the next to be written over are left alone.
    for (long i = end - 1; i >= Math.max(0, end - REMEMBERED / 2); i--) {
      long revision = revisions[(int) (i % REMEMBERED)];
      if (revision <= before) {
        return Publication.NONE;
      }
      if (revision <= acknowledged) {
        return new Publication(revision, nanos[(int) (i % REMEMBERED)]);
      }
    }
    return Publication.NONE;
  }
}
