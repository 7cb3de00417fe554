package dev.rollcall.client;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * One address of an instance.
 *
 * @param name within the instance, such as "http" or "admin": 1 to 64 characters of [A-Za-z0-9._-];
 *     empty becomes "default"
 * @param protocol what is spoken there, such as "http", "grpc" or "tcp"; may be empty
 * @param host host name or literal IP address, IPv6 without brackets
 * @param port 1 to 65535
 * @param tls whether callers must use TLS
 */
public record Endpoint(String name, String protocol, String host, int port, boolean tls) {
  /** Protocols whose name with an s at the end is a usual way to ask for TLS. */
  private static final Set<String> SECURED = Set.of("https", "grpcs");

  /**
   * Checks the parts.
   *
   * @throws RegistryException.InvalidRequest when one is outside the rules
   */
  public Endpoint {
    if (name.isEmpty()) {
      name = "default";
    }
    Rules.requireEndpoint(name, protocol, host, port);
  }

  /** An address where plain text is spoken. */
  public static Endpoint of(String name, String protocol, String host, int port) {
    return new Endpoint(name, protocol, host, port, false);
  }

  /**
   * Reads {@code [name=]protocol://host:port}; IPv6 in brackets. Without a name the protocol is the
   * name. {@code https} and {@code grpcs} mean http and grpc with TLS.
   *
   * @throws RegistryException.InvalidRequest when the text is anything else
   */
  public static Endpoint parse(String text) {
    int scheme = text.indexOf("://");
    int equals = text.lastIndexOf('=', Math.max(scheme, 0));
    int colon = text.lastIndexOf(':');
    if (scheme <= 0 || colon <= scheme + 2) {
      throw unreadable(text);
    }
    String protocol = text.substring(equals + 1, scheme).toLowerCase(Locale.ROOT);
    boolean tls = SECURED.contains(protocol);
    if (tls) {
      protocol = protocol.substring(0, protocol.length() - 1);
    }
    String name = equals < 0 ? protocol : text.substring(0, equals);
    String host = text.substring(scheme + 3, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    String port = text.substring(colon + 1);
    if (host.isEmpty() || (!bracketed && host.indexOf(':') >= 0) || !port.matches("[0-9]{1,5}")) {
      throw unreadable(text);
    }
    return new Endpoint(name, protocol, host, Integer.parseInt(port), tls);
  }

  /** {@code host:port}, IPv6 in brackets. */
  public String hostAndPort() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  /**
   * {@code protocol://host:port}, with {@code https} and {@code grpcs} for http and grpc over TLS;
   * {@code tcp} stands in for an empty protocol.
   */
  public URI uri() {
    String secured = protocol + "s";
    String scheme = tls && SECURED.contains(secured) ? secured : protocol;
    return URI.create((scheme.isEmpty() ? "tcp" : scheme) + "://" + hostAndPort());
  }

  private static RegistryException unreadable(String text) {
    return Rules.invalid(
        Reason.INVALID_ENDPOINT,
        "endpoint must be [name=]protocol://host:port, not '" + text + "'");
  }
}
