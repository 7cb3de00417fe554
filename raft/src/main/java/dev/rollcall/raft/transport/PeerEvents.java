package dev.rollcall.raft.transport;

import dev.rollcall.raft.core.NodeId;

/**
 * What the lanes to and from peers notice and need to know. Any thread; must not block and must not
 * throw.
 */
public interface PeerEvents {
  /** Nobody listens, and nobody was removed. */
  PeerEvents NONE =
      new PeerEvents() {
        @Override
        public void lost(NodeId peer) {}

        @Override
        public void turnedAway(NodeId byPeer) {}

        @Override
        public boolean isRemoved(NodeId peer) {
          return false;
        }
      };

  /**
   * An open connection to the peer ended, not by this side's wish: its process or its machine is
   * gone, or the way to it. A hint, which may be wrong.
   */
  void lost(NodeId peer);

  /** A peer of the same history says that this node was removed from the cluster. */
  void turnedAway(NodeId byPeer);

  /** Whether the removal of this peer from the cluster is committed. It is told so. */
  boolean isRemoved(NodeId peer);
}
