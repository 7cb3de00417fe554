package dev.rollcall.server;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.HostPort;
import dev.rollcall.server.config.ServerConfig;
import dev.rollcall.server.config.StartFailure;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what a node is configured to be with what its directory says it is: the setting {@code
 * members} counts at the first start only, so a directory of another node or cluster would
 * otherwise serve in its place, under a wrong address.
 */
final class DirectoryCheck {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryCheck.class);

  private final ServerConfig config;
  private final HostPort peerAddress;

  /** What is configured, with the address where peers reach this node. */
  DirectoryCheck(ServerConfig config, HostPort peerAddress) {
    this.config = config;
    this.peerAddress = peerAddress;
  }

  /**
   * Passes, perhaps with a warning.
   *
   * @throws StartFailure when the directory is that of another node or another cluster
   */
  void requireFits(NodeId self, Configuration configuration) {
    Set<String> addresses =
        configuration.members().stream()
            .map(Member::peerAddress)
            .collect(Collectors.toCollection(TreeSet::new));
    // A cluster of one may move as it likes: nobody else has its address.
    if (addresses.size() > 1) {
      requireOwnAddress(self, configuration);
    }
    List<String> others =
        config.members().stream()
            .map(HostPort::toString)
            .filter(address -> !address.equals(peerAddress.toString()))
            .toList();
    if (others.isEmpty() || addresses.containsAll(others)) {
      return;
    }
    boolean isKnownHere =
        configuration.member(self).stream()
            .anyMatch(member -> member.peerAddress().equals(peerAddress.toString()));
    // Where this node is known by its id and its address, the others were replaced meanwhile.
    if (!isKnownHere && others.stream().noneMatch(addresses::contains)) {
      throw new StartFailure(
          ExitCode.DATA_DIRECTORY,
          "data-dir %s belongs to the cluster of %s, but members is %s"
              .formatted(config.dataDir(), addresses, config.members()),
          "give this node its own directory, or correct members");
    }
    LOG.warn(
        "members is {}, but the cluster is of {}: members counts at the first start only",
        config.members(),
        addresses);
  }

  private void requireOwnAddress(NodeId self, Configuration configuration) {
    String known = configuration.member(self).map(Member::peerAddress).orElse("");
    if (!known.isEmpty() && !known.equals(peerAddress.toString())) {
      throw new StartFailure(
          ExitCode.DATA_DIRECTORY,
          "data-dir %s belongs to the node at %s, but this one is configured as %s"
              .formatted(config.dataDir(), known, peerAddress),
          "give this node its own directory, or correct peer-advertise");
    }
  }
}
