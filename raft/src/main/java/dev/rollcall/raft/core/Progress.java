package dev.rollcall.raft.core;

/**
 * What a leader knows of one peer, and what it has on its way there.
 *
 * <table>
 *   <caption>Modes</caption>
 *   <tr><th>from</th><th>when</th><th>to</th></tr>
 *   <tr><td>PROBE: where the logs agree is not known; one message at a time</td>
 *       <td>a success</td><td>REPLICATE from match + 1</td></tr>
 *   <tr><td>PROBE</td><td>a refusal of the message on its way</td><td>PROBE further back</td></tr>
 *   <tr><td>REPLICATE: messages follow each other unanswered, as far as the window allows</td>
 *       <td>a refusal from above match: something was lost or overtaken</td>
 *       <td>PROBE from match + 1</td></tr>
 *   <tr><td>PROBE, REPLICATE</td><td>what it needs next is forgotten here</td>
 *       <td>SNAPSHOT</td></tr>
 *   <tr><td>SNAPSHOT: it fetches one; nothing is sent but heartbeats that say so</td>
 *       <td>a success, with an index from which this log goes on</td>
 *       <td>REPLICATE from match + 1</td></tr>
 * </table>
 *
 * <p>Invariants: {@code matchIndex < nextIndex}; the match index never goes back (what a follower
 * has acknowledged is durable there and stays while this leader leads); it is durable on the peer
 * and equal to this log. A refusal from at or below it is late and means nothing.
 */
final class Progress {
  private enum Mode {
    PROBE,
    REPLICATE,
    SNAPSHOT
  }

  private final NodeId peer;
  private final AppendWindow window;
  private Mode mode = Mode.PROBE;
  private long matchIndex;
  private long nextIndex;
  private boolean probeSent;

  /** Highest index that the peer will know to be committed once it has all it was sent. */
  private long commitSent;

  /** Highest confirmation round it has answered. */
  private long roundAnswered;

  /** When it was last heard, and when anything last happened about appends on their way to it. */
  private long heardAt;

  private long appendActivityAt;

  /** In SNAPSHOT, the first index that a snapshot taken meanwhile does not hold for sure. */
  private long pinnedFrom;

  /** Consecutive ticks in which its disk was close behind. */
  private int ticksClose;

  /** When it left the configuration; negative as long as it has not. */
  private long leftAt = -1;

  Progress(NodeId peer, long nextIndex, long now, AppendWindow window) {
    this.peer = peer;
    this.nextIndex = nextIndex;
    this.heardAt = now;
    this.appendActivityAt = now;
    this.window = window;
  }

  NodeId peer() {
    return peer;
  }

  long matchIndex() {
    return matchIndex;
  }

  long nextIndex() {
    return nextIndex;
  }

  long roundAnswered() {
    return roundAnswered;
  }

  long heardAt() {
    return heardAt;
  }

  boolean isProbing() {
    return mode == Mode.PROBE;
  }

  boolean isReplicating() {
    return mode == Mode.REPLICATE;
  }

  boolean isFetchingSnapshot() {
    return mode == Mode.SNAPSHOT;
  }

  /** Whether another AppendEntries may leave for this peer. */
  boolean maySend() {
    return switch (mode) {
      case PROBE -> !probeSent;
      case REPLICATE -> !window.isFull();
      case SNAPSHOT -> false;
    };
  }

  /** The lowest index of the log that this peer may still be sent. */
  long neededFrom() {
    return mode == Mode.SNAPSHOT ? pinnedFrom : matchIndex + 1;
  }

  /**
   * The log begins at {@code first} now; whether that has put it out of this peer's reach, so that
   * it is in SNAPSHOT from now on.
   */
  boolean logBeginsAt(long first) {
    boolean before = mode == Mode.SNAPSHOT;
    if (nextIndex >= first) {
      return false;
    }
    mode = Mode.SNAPSHOT;
    probeSent = false;
    window.clear();
    pinnedFrom = first;
    return !before;
  }

  /** Whether the peer does not know yet of this commit index, and could be told. */
  boolean owesCommit(long commitIndex) {
    return mode == Mode.REPLICATE
        && !window.isFull()
        && Math.min(commitIndex, nextIndex - 1) > commitSent;
  }

  /** A tick; {@code close} when its disk is close behind the present. Returns how many such. */
  int tickClose(boolean close) {
    ticksClose = close ? ticksClose + 1 : 0;
    return ticksClose;
  }

  int ticksClose() {
    return ticksClose;
  }

  /** It is no member any more. */
  void left(long now) {
    leftAt = leftAt < 0 ? now : leftAt;
  }

  /** Whether it left so long ago, or has been told that it did by the commit of this index. */
  boolean isDismissed(long index, long now, int ticks) {
    return leftAt >= 0 && (commitSent >= index || now - leftAt >= ticks);
  }

  /** The leader has looked at all that has arrived by now. */
  void turn() {
    window.turn();
  }

  /** An AppendEntries with this slice, from {@link #nextIndex}, leaves now. */
  void sent(RaftLog.Slice slice, long commitIndex, long now) {
    if (window.isEmpty()) {
      appendActivityAt = now;
    }
    long end = nextIndex - 1 + slice.entries().size();
    if (mode == Mode.PROBE) {
      probeSent = true;
    } else if (!slice.entries().isEmpty()) {
      window.add(slice);
      nextIndex = end + 1;
    }
    commitSent = Math.max(commitSent, Math.min(commitIndex, end));
  }

  /** A heartbeat leaves; the commit index for it. */
  long heartbeatCommit(long commitIndex) {
    long known = Math.min(matchIndex, commitIndex);
    commitSent = Math.max(commitSent, known);
    return known;
  }

  void heard(long now) {
    heardAt = now;
  }

  void roundAnswered(long round) {
    roundAnswered = Math.max(roundAnswered, round);
  }

  /**
   * Whether appends have been on their way for {@code ticks} without a sign: lost, or their
   * answers, or the peer's disk is slow. If so, counts as a sign itself, so that the next question
   * waits again.
   */
  boolean hasStalled(long now, int ticks) {
    boolean waiting = probeSent || !window.isEmpty();
    if (!waiting || now - appendActivityAt < ticks) {
      return false;
    }
    appendActivityAt = now;
    return true;
  }

  /** The peer has everything up to {@code index}; whether that is news. */
  boolean accepted(long index, long now) {
    if (index < matchIndex) {
      return false;
    }
    boolean news = index > matchIndex;
    matchIndex = index;
    appendActivityAt = now;
    if (mode == Mode.REPLICATE) {
      window.release(index);
      nextIndex = Math.max(nextIndex, matchIndex + 1);
    } else {
      mode = Mode.REPLICATE;
      probeSent = false;
      nextIndex = matchIndex + 1;
    }
    check();
    return news;
  }

  /** Whether a refusal of a message that began after {@code previousIndex} is about the present. */
  boolean concerns(long previousIndex) {
    return switch (mode) {
      case PROBE -> previousIndex == nextIndex - 1 && previousIndex > matchIndex;
      case REPLICATE -> previousIndex > matchIndex && previousIndex < nextIndex;
      case SNAPSHOT -> false;
    };
  }

  /** The peer's log does not have what the message assumed; {@code mayMatch} is the next guess. */
  void refused(long mayMatch) {
    long guess = mode == Mode.PROBE ? Math.min(mayMatch, nextIndex - 2) : matchIndex;
    mode = Mode.PROBE;
    nextIndex = Math.max(matchIndex, guess) + 1;
    probeSent = false;
    window.clear();
    check();
  }

  private void check() {
    Invariant.check(matchIndex < nextIndex, "match %d, next %d", matchIndex, nextIndex);
  }
}
