/**
 * The first start of a node: who it is, who founds the cluster with it, and its first log entry.
 * Door: {@link dev.rollcall.raft.bootstrap.Bootstrap}; edge to the network: {@link
 * dev.rollcall.raft.bootstrap.Introducer}.
 *
 * <p>All listed nodes tell each other their ids. Each node binds itself, durably and once, to the
 * set of ids that answered, and founds the cluster only when every one of them is bound to the same
 * set. So two clusters never arise from overlapping members, and a node whose directory was emptied
 * can never take part in a second founding. Runs on the starting thread; knows nothing of gRPC.
 */
@NullMarked
package dev.rollcall.raft.bootstrap;

import org.jspecify.annotations.NullMarked;
