package dev.rollcall.client;

import dev.rollcall.client.transport.NodeDirectory;
import java.time.Duration;
import java.util.List;

/**
 * What a client was built with; sealed once it runs.
 *
 * @param endpoints host:port of nodes, at least one unless there is a directory
 * @param directory where further nodes are listed
 * @param namespace of names given without one
 * @param callTimeout for a blocking call with all its repeats. Trade: how long a caller waits
 *     against how long an election may take
 * @param closeTimeout for deregistering at the end
 * @param discoverMembers whether to learn further nodes from the cluster
 * @param channels makes connections
 */
record ClientConfig(
    List<String> endpoints,
    NodeDirectory directory,
    String namespace,
    Duration callTimeout,
    Duration closeTimeout,
    boolean discoverMembers,
    ChannelFactory channels) {
  ClientConfig {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty() && directory.equals(NodeDirectory.NONE)) {
      throw new IllegalArgumentException("endpoints must name at least one host:port");
    }
    Rules.requireName("namespace", namespace);
    requirePositive("callTimeout", callTimeout);
    requirePositive("closeTimeout", closeTimeout);
  }

  private static void requirePositive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " must be positive, not " + value);
    }
  }
}
