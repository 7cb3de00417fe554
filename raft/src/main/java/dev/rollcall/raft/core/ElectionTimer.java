package dev.rollcall.raft.core;

import java.util.random.RandomGenerator;

/**
 * How long there has been silence, in ticks. Each wait for an election is drawn anew from [t, 2t),
 * so that of two nodes that collided once, one is ahead the next time (Raft §5.2). How long ago the
 * leader was heard is counted apart: a vote restarts the wait, but is no word from a leader.
 *
 * <p>A closed connection to the leader is no silence yet. It leaves a short wait, drawn too, from
 * [1, t/4]: long enough for the others to notice theirs, and over when the leader is heard again.
 */
final class ElectionTimer {
  private final int timeoutTicks;
  private final RandomGenerator random;
  private int waited;
  private int wait;
  private int sinceLeader;
  private boolean lostLeader;

  ElectionTimer(int timeoutTicks, RandomGenerator random) {
    this.timeoutTicks = timeoutTicks;
    this.random = random;
    this.sinceLeader = timeoutTicks;
    reset();
  }

  void tick() {
    waited++;
    sinceLeader = Math.min(sinceLeader + 1, timeoutTicks);
  }

  /** Whether it is time to campaign. */
  boolean isOver() {
    return waited >= wait;
  }

  /** Whether a leader was heard less than an election timeout ago. */
  boolean heardLeader() {
    return sinceLeader < timeoutTicks;
  }

  /** Whether the connection to the leader closed, and the leader was not heard since. */
  boolean lostLeader() {
    return lostLeader;
  }

  /** The connection to the leader closed. */
  void leaderLost() {
    lostLeader = true;
    wait = Math.min(wait, waited + 1 + random.nextInt(Math.max(1, timeoutTicks / 4)));
  }

  /** Begins another wait. */
  void reset() {
    waited = 0;
    wait = timeoutTicks + random.nextInt(timeoutTicks);
  }

  /** The leader was heard now. */
  void leaderHeard() {
    sinceLeader = 0;
    lostLeader = false;
    reset();
  }
}
