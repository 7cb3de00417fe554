package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.NodeId;

/**
 * What a leader tells a node that it has let in.
 *
 * @param addressee whom it is for; an address is never an identity
 * @param cluster where that node belongs now
 * @param configuration a committed one, with the addressee in it
 */
public record Admission(NodeId addressee, ClusterIdentity cluster, Configuration configuration) {}
