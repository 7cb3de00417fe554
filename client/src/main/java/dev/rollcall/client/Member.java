package dev.rollcall.client;

import java.util.Optional;

/**
 * One member of the cluster.
 *
 * @param nodeId its identity, 32 hexadecimal digits
 * @param peerAddress host:port where its peers reach it
 * @param clientAddress host:port where clients reach it
 * @param voter whether it has a vote
 * @param leader whether the answering node believes it to be the leader
 * @param leaving whether its vote ends with the change under way
 * @param replaces the member in whose place this one will be, once it has caught up
 * @param matchIndex how far its log is known to equal the leader's; 0 unless the leader answered
 */
public record Member(
    String nodeId,
    String peerAddress,
    String clientAddress,
    boolean voter,
    boolean leader,
    boolean leaving,
    Optional<String> replaces,
    long matchIndex) {}
