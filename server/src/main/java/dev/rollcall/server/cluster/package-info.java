/**
 * Looking at the cluster: the gRPC service {@code rollcall.v1.Cluster}. Door: {@link
 * dev.rollcall.server.cluster.ClusterService}. Answers from what the node knows, without a quorum,
 * on Netty event loops. Changes nothing.
 */
@NullMarked
package dev.rollcall.server.cluster;

import org.jspecify.annotations.NullMarked;
