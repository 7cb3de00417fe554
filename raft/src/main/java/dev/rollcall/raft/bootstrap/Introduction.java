package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * What a node says of itself to another that may found a cluster with it. All of it that must
 * outlive a crash is durable before it is said.
 *
 * @param nodeId made with its data directory
 * @param peerAddress host:port where its peers reach it, as it is configured
 * @param clientAddress host:port where clients reach it
 * @param listed peer addresses of the members it is configured with, its own among them, in order;
 *     empty for one that waits to be let in
 * @param agreed the founders it is bound to, in order of id; empty before. Never changes once set
 * @param cluster where it belongs; empty until it is initialised
 * @param featureLevel highest that its software knows, which means nothing here; 0 when it does not
 *     say
 */
public record Introduction(
    NodeId nodeId,
    String peerAddress,
    String clientAddress,
    List<String> listed,
    List<Member> agreed,
    Optional<ClusterIdentity> cluster,
    int featureLevel) {
  public Introduction {
    listed = listed.stream().sorted().toList();
    agreed = agreed.stream().sorted().toList();
  }

  /** Of one that does not say which feature levels it knows. */
  public Introduction(
      NodeId nodeId,
      String peerAddress,
      String clientAddress,
      List<String> listed,
      List<Member> agreed,
      Optional<ClusterIdentity> cluster) {
    this(nodeId, peerAddress, clientAddress, listed, agreed, cluster, 0);
  }

  /** The same, with the highest feature level that the software knows. */
  public Introduction withFeatureLevel(int level) {
    return new Introduction(nodeId, peerAddress, clientAddress, listed, agreed, cluster, level);
  }

  /** Whether the node waits to be let into a cluster. */
  public boolean isWaiting() {
    return listed.isEmpty() && agreed.isEmpty() && cluster.isEmpty();
  }
}
