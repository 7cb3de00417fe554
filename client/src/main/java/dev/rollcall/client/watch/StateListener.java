package dev.rollcall.client.watch;

/** Hears how far the state that it is told can be trusted. Called on the loop; must not block. */
public interface StateListener {
  /** Nothing else happened up to a revision. */
  void progressed(long revision);

  /**
   * The registry was restored: revisions count anew, and the next state may be of a lower one.
   * Comes before that state.
   */
  void historyChanged();

  /** What was told is up to date, as far as a node can know that hears its leader. */
  void fresh();

  /** What was told may be out of date from now on; the reason is one line for people. */
  void stale(String cause);
}
