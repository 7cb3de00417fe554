package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.Disk;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogIdentity;
import java.util.random.RandomGenerator;

/**
 * A new node that is to be the only member of its cluster in a history that begins with it: what
 * becomes of a backup. It is nobody until {@link #initialise}. One thread.
 */
public final class RestoredNode {
  private final NodeIdentity identity;

  private RestoredNode(NodeIdentity identity) {
    this.identity = identity;
  }

  /**
   * Draws who it will be.
   *
   * @param cluster stays what it was
   * @param random must be one that never draws the same twice, on whatever node
   */
  public static RestoredNode draw(ClusterId cluster, RandomGenerator random) {
    var node = new NodeId(random.nextLong(), random.nextLong());
    var history = new HistoryId(random.nextLong(), random.nextLong());
    return new RestoredNode(
        NodeIdentity.created(node).boundFor(new ClusterIdentity(cluster, history)));
  }

  /** Whose log it is. */
  public LogIdentity logIdentity() {
    ClusterIdentity cluster = identity.destination();
    return new LogIdentity(
        cluster.clusterId(), cluster.historyId(), identity.nodeId(), Bootstrap.GROUP_ID);
  }

  /**
   * Writes down, durably, that the directory is this node's: everything else in it is durable.
   *
   * @throws BootstrapRefused when the disk fails
   */
  public void initialise(Disk directory) {
    new IdentityFile(directory).write(identity.initialised());
  }
}
