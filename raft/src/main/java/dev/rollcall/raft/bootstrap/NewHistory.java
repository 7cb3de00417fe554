package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.bootstrap.BootstrapRefused.Reason;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.log.Disk;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogIdentity;
import java.util.random.RandomGenerator;

/**
 * Takes a stopped node to another history of its cluster: initialised → recovering → initialised.
 * Between the two the node does not start, so that whatever is done meanwhile is done to the end.
 * One thread.
 */
public final class NewHistory {
  private final IdentityFile file;
  private NodeIdentity identity;

  private NewHistory(IdentityFile file, NodeIdentity identity) {
    this.file = file;
    this.identity = identity;
  }

  /**
   * Reads who the directory belongs to.
   *
   * @throws BootstrapRefused when it is that of no initialised node
   */
  public static NewHistory of(Disk directory) {
    var file = new IdentityFile(directory);
    NodeIdentity identity =
        file.read()
            .filter(found -> found.cluster().isPresent())
            .orElseThrow(() ->
                new BootstrapRefused(
                    Reason.NOT_RECOVERABLE,
                    directory.path(IdentityFile.NAME)
                        + " is that of no member of a cluster: there is nothing to recover"));
    return new NewHistory(file, identity);
  }

  /** Who the node is. */
  public NodeId nodeId() {
    return identity.nodeId();
  }

  /** Whose log it is as long as nothing was done. */
  public LogIdentity before() {
    return logIdentity(identity.cluster().orElseThrow());
  }

  /** Writes down, durably, that another history has begun, unless that was done before. */
  public LogIdentity begin(RandomGenerator random) {
    if (!identity.isRecovering()) {
      var history = new HistoryId(random.nextLong(), random.nextLong());
      var cluster = identity.cluster().orElseThrow().clusterId();
      become(identity.boundFor(new ClusterIdentity(cluster, history)));
    }
    return logIdentity(identity.destination());
  }

  /** The log of the other history is there: from now on the node belongs to it. */
  public void end() {
    become(identity.initialised());
  }

  private void become(NodeIdentity next) {
    file.write(next);
    identity = next;
  }

  private LogIdentity logIdentity(ClusterIdentity cluster) {
    return new LogIdentity(
        cluster.clusterId(), cluster.historyId(), identity.nodeId(), Bootstrap.GROUP_ID);
  }
}
