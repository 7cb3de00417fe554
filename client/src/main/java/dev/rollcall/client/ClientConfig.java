package dev.rollcall.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * What a client was built with; sealed once it runs.
 *
 * @param endpoints host:port of nodes, at least one
 * @param namespace of names given without one
 * @param callTimeout for a blocking call with all its repeats. Trade: how long a caller waits
 *     against how long an election may take
 * @param closeTimeout for deregistering at the end
 * @param discoverMembers whether to learn further nodes from the cluster
 * @param channels makes connections
 */
record ClientConfig(
    List<String> endpoints,
    String namespace,
    Duration callTimeout,
    Duration closeTimeout,
    boolean discoverMembers,
    ChannelFactory channels) {
  ClientConfig {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()) {
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

  /** Reads {@code host:port,host:port}; repeats are dropped. */
  static List<String> parseEndpoints(String text) {
    var endpoints = new LinkedHashSet<String>();
    for (String part : text.split(",", -1)) {
      endpoints.add(parseEndpoint(part.strip()));
    }
    return new ArrayList<>(endpoints);
  }

  /** Reads {@code host:port}, IPv6 in brackets. */
  static String parseEndpoint(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(colon, 0));
    String port = text.substring(colon + 1);
    boolean isBracketed = host.startsWith("[") && host.endsWith("]");
    boolean isHost = !host.isBlank() && (isBracketed || host.indexOf(':') < 0);
    if (!isHost || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      throw new IllegalArgumentException("an endpoint is host:port, not '" + text + "'");
    }
    return text;
  }
}
