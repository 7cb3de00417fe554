/**
 * Looking at the cluster, and changing who belongs to it: the gRPC service {@code
 * rollcall.v1.Cluster}. Doors: {@link dev.rollcall.server.cluster.ClusterService} and {@link
 * dev.rollcall.server.cluster.MembershipFollower}, which has everything follow the configuration in
 * force.
 *
 * <p>What a node knows it answers without a quorum, on Netty event loops. Changes block, each on a
 * virtual thread of its own, and are the leader's business: any node takes them and passes them on
 * once. What is to be done about one is decided by a pure function ({@code MembershipPlan}).
 */
@NullMarked
package dev.rollcall.server.cluster;

import org.jspecify.annotations.NullMarked;
