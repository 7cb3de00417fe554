package dev.rollcall.client;

/**
 * One member of the cluster.
 *
 * @param nodeId its identity, 32 hexadecimal digits
 * @param peerAddress host:port where its peers reach it
 * @param clientAddress host:port where clients reach it
 * @param voter whether it has a vote
 * @param leader whether the answering node believes it to be the leader
 */
public record Member(
    String nodeId, String peerAddress, String clientAddress, boolean voter, boolean leader) {}
