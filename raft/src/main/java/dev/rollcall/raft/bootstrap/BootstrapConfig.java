package dev.rollcall.raft.bootstrap;

import dev.rollcall.raft.bootstrap.BootstrapRefused.Reason;
import dev.rollcall.raft.log.LogConfig;
import java.util.List;

/**
 * How a node is configured to start.
 *
 * @param peerAddress host:port where peers reach this node; without white space
 * @param clientAddress host:port where clients reach it; without white space
 * @param listed peer addresses of all members that found the cluster, this node's among them;
 *     looked at until the node is initialised, and all members must list the same texts
 * @param log numbers of the log
 */
public record BootstrapConfig(
    String peerAddress, String clientAddress, List<String> listed, LogConfig log) {
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
    if (!listed.contains(peerAddress)) {
      throw new BootstrapRefused(
          Reason.MEMBER_LIST,
          "this node's peer address %s is not among the listed members %s"
              .formatted(peerAddress, listed));
    }
    if (listed.stream().distinct().count() < listed.size()) {
      throw new BootstrapRefused(Reason.MEMBER_LIST, "a member is listed twice: " + listed);
    }
  }

  private static void requireAddress(String address) {
    if (address.isEmpty() || address.chars().anyMatch(Character::isWhitespace)) {
      throw new BootstrapRefused(Reason.MEMBER_LIST, "not an address: \"" + address + "\"");
    }
  }
}
