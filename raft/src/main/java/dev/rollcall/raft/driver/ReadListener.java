package dev.rollcall.raft.driver;

/**
 * Hears when a linearizable read may run. At most one method is called, once. Must not block; what
 * it throws stops the node.
 */
public interface ReadListener {
  /**
   * On the apply thread: the state machine now contains everything that was committed anywhere
   * before the read was asked for. A read of the state machine within this call is linearizable; so
   * is a later one.
   */
  void ready();

  /**
   * The read cannot be answered now: no leader is known, or it changed. The reader may ask again.
   * On the apply thread; when too many reads are open, on the reader's thread before {@link
   * RaftNode#read} returns.
   */
  void failed();
}
