package dev.rollcall.raft.driver;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Outbound;
import java.util.List;

/**
 * Carries messages to members. May lose, delay, repeat and reorder them; never blocks, never
 * throws. What arrives is given to {@link RaftNode#receive}.
 */
public interface Transport {
  /** Sends; called on the raft thread, once per pass, so that each connection flushes once. */
  void send(List<Outbound> messages);

  /**
   * Sends a message about a snapshot, by a way of its own, so that a large piece holds up nothing
   * else; called on the snapshot thread. What arrives is given to {@link RaftNode#receive(NodeId,
   * SnapshotMessage)}.
   */
  void send(NodeId to, SnapshotMessage message);
}
