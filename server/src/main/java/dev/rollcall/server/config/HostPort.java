package dev.rollcall.server.config;

import java.net.InetSocketAddress;

/**
 * Where to listen or connect.
 *
 * @param host name or literal address; IPv6 without brackets
 * @param port 0 to 65535; 0 lets the system choose, for listening only
 */
public record HostPort(String host, int port) {
  public HostPort {
    if (host.isEmpty() || port < 0 || port > 65_535) {
      throw new IllegalArgumentException("not host:port: '" + host + ":" + port + "'");
    }
  }

  /**
   * Reads {@code host:port} or {@code [v6]:port}.
   *
   * @throws IllegalArgumentException when the text is anything else
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    String port = text.substring(colon + 1);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    boolean plausible = bracketed || host.indexOf(':') < 0;
    if (!plausible || host.isBlank() || !port.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("not host:port: '" + text + "'");
    }
    return new HostPort(host, Integer.parseInt(port));
  }

  /** The same host with another port. */
  public HostPort withPort(int otherPort) {
    return new HostPort(host, otherPort);
  }

  /** Looks the host up; the address may come out unresolved. */
  public InetSocketAddress socketAddress() {
    return new InetSocketAddress(host, port);
  }

  /** Whether this listens on every address of the machine, which nobody can connect to by name. */
  public boolean isWildcard() {
    var address = socketAddress().getAddress();
    return address != null && address.isAnyLocalAddress();
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
