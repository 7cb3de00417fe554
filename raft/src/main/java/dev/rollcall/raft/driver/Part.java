package dev.rollcall.raft.driver;

/**
 * A piece of a node that does its work when it is turned and has no thread of its own. Each is
 * turned by one thread at a time: {@link RaftDriver}'s, or that of a simulator which turns all of
 * them.
 */
public sealed interface Part permits RaftLoop, LogWriter, Applier, Snapshots {
  /**
   * Does what is there to be done, without waiting for more.
   *
   * @return whether anything was done; if so there may be more, so turn again
   * @throws RuntimeException when the node must stop: a broken invariant, a failed disk. The part
   *     is not to be turned again
   */
  boolean runOnce();

  /**
   * How long the part may be left alone after an idle turn if nobody gives it work, in nanoseconds.
   */
  long idleNanosMax();

  /**
   * Has {@code wakeUp} run each time somebody gives this part work, on that somebody's thread,
   * after the work can be seen. It must be quick and not throw. Set once, before the first turn.
   */
  void onWork(Runnable wakeUp);
}
