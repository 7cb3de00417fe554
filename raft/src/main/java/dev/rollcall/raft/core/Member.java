package dev.rollcall.raft.core;

/**
 * A node of the configuration.
 *
 * @param id its identity
 * @param peerAddress host:port where its peers reach it; opaque to the core
 * @param clientAddress host:port where clients of the state machine reach it; opaque to raft
 */
public record Member(NodeId id, String peerAddress, String clientAddress)
    implements Comparable<Member> {
  @Override
  public int compareTo(Member other) {
    return id.compareTo(other.id);
  }
}
