package dev.rollcall.client;

import java.time.Duration;

/**
 * The state of one node; applied index, revision and digest are of one moment. Ids and the digest
 * are hexadecimal digits.
 *
 * @param clusterId which cluster
 * @param historyId which history of revisions
 * @param nodeId which node
 * @param role what it is
 * @param term its Raft term
 * @param leaderId the leader it knows; empty when none
 * @param revision of the registry
 * @param commitIndex highest log index known to be committed
 * @param appliedIndex highest log index applied to the registry
 * @param lastIndex last entry in its log
 * @param stateDigest equal on all nodes at the same applied index
 * @param instances registered
 * @param leases held
 * @param lag since it last heard from a leader; 0 on the leader
 * @param version of its software
 * @param featureLevel that the cluster has agreed on, as far as the node knows
 * @param featureLevelSupported highest that its software knows
 */
public record NodeStatus(
    String clusterId,
    String historyId,
    String nodeId,
    NodeRole role,
    long term,
    String leaderId,
    long revision,
    long commitIndex,
    long appliedIndex,
    long lastIndex,
    String stateDigest,
    long instances,
    long leases,
    Duration lag,
    String version,
    int featureLevel,
    int featureLevelSupported) {}
