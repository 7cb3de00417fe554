package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.bootstrap.BootstrapRefused.Reason;
import dev.rollcall.raft.log.LogConfig;
import java.util.List;
import java.util.Optional;

/**
 * How a node is configured to start.
 *
 * @param peerAddress host:port where peers reach this node; without white space
 * @param clientAddress host:port where clients reach it; without white space
 * @param listed peer addresses of all members that found the cluster, this node's among them;
 *     looked at until the node is initialised, and all members must list the same texts. Empty for
 *     one that joins
 * @param join peer address of any member of the cluster to be let into; looked at until the node is
 *     initialised. Empty for one that founds a cluster
 * @param log numbers of the log
 */
public record BootstrapConfig(
    String peerAddress,
    String clientAddress,
    List<String> listed,
    Optional<String> join,
    LogConfig log) {
  /**
   * Checks the addresses.
   *
   * @throws BootstrapRefused when the list does not name this node, or names one twice
   */
  public BootstrapConfig {
    listed = listed.stream().sorted().toList();
    requireAddress(peerAddress);
    requireAddress(clientAddress);
    listed.forEach(BootstrapConfig::requireAddress);
    join.ifPresent(BootstrapConfig::requireAddress);
    if (join.isPresent()) {
      requireJoinable(listed, join.get(), peerAddress);
    } else if (!listed.contains(peerAddress)) {
      throw new BootstrapRefused(
          Reason.MEMBER_LIST,
          "this node's peer address %s is not among the listed members %s"
              .formatted(peerAddress, listed));
    }
    if (listed.stream().distinct().count() < listed.size()) {
      throw new BootstrapRefused(Reason.MEMBER_LIST, "a member is listed twice: " + listed);
    }
  }

  /** Of one of the members that found a cluster. */
  public static BootstrapConfig founding(
      String peerAddress, String clientAddress, List<String> listed, LogConfig log) {
    return new BootstrapConfig(peerAddress, clientAddress, listed, Optional.empty(), log);
  }

  /** Of a node that waits to be let into the cluster of the member at {@code join}. */
  public static BootstrapConfig joining(
      String peerAddress, String clientAddress, String join, LogConfig log) {
    return new BootstrapConfig(peerAddress, clientAddress, List.of(), Optional.of(join), log);
  }

  private static void requireJoinable(List<String> listed, String join, String peerAddress) {
    if (!listed.isEmpty()) {
      throw new BootstrapRefused(
          Reason.MEMBER_LIST, "a node that joins lists no members, but " + listed + " are listed");
    }
    if (join.equals(peerAddress)) {
      throw new BootstrapRefused(
          Reason.MEMBER_LIST, "a node cannot be let in by itself: " + peerAddress);
    }
  }

  private static void requireAddress(String address) {
    if (address.isEmpty() || address.chars().anyMatch(Character::isWhitespace)) {
      throw new BootstrapRefused(Reason.MEMBER_LIST, "not an address: \"" + address + "\"");
    }
  }
}
