package dev.rollcall.client.transport;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Addresses of nodes as people write them. */
public final class Addresses {
  private static final int PORT_MAX = 65_535;

  private Addresses() {}

  /**
   * Reads {@code host:port,host:port}; repeats are dropped.
   *
   * @throws IllegalArgumentException when the text is anything else
   */
  public static List<String> parseAll(String text) {
    Set<String> addresses = new LinkedHashSet<>();
    for (String part : text.split(",", -1)) {
      addresses.add(parse(part.strip()));
    }
    return List.copyOf(addresses);
  }

  /**
   * Reads {@code host:port}, IPv6 in brackets.
   *
   * @throws IllegalArgumentException when the text is anything else
   */
  public static String parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(colon, 0));
    boolean isBracketed = host.startsWith("[") && host.endsWith("]");
    boolean isHost = !host.isBlank() && (isBracketed || host.indexOf(':') < 0);
    if (!isHost || !isPort(text.substring(colon + 1))) {
      throw new IllegalArgumentException("an endpoint is host:port, not '" + text + "'");
    }
    return text;
  }

  /** Whether the text is the number of a port. */
  public static boolean isPort(String text) {
    return text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= PORT_MAX;
  }
}
