package dev.rollcall.client.dns;

import dev.rollcall.client.transport.Addresses;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name to look nodes up under: {@code dns:NAME}, or {@code dns://SERVER[:PORT]/NAME} to ask a
 * certain server rather than the system's.
 *
 * @param server host or host:port, empty for those of the system
 * @param name whole, without a dot at its end
 */
public record DnsName(String server, String name) {
  // Room is left for what is put before it: `_rollcall._tcp.`, and a zone.
  private static final int NAME_CHARACTERS_MAX = 170;

  private static final String SCHEME = "dns:";
  private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
  private static final Pattern NAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
  private static final Pattern SPELLED =
      Pattern.compile(
          "dns:(//(?<server>[A-Za-z0-9._-]+(:[0-9]{1,5})?|\\[[0-9A-Fa-f:.]+](:[0-9]{1,5})?)/)?"
              + "(?<name>[^/:]*)");

  /** Whether a text begins as such a name does; {@code dns:7400} is the port of a host. */
  public static boolean isSpelled(String text) {
    String first = text.split(",", 2)[0];
    return first.startsWith(SCHEME) && !Addresses.isPort(first.substring(SCHEME.length()));
  }

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException when the text is anything else
   */
  public static DnsName parse(String text) {
    Matcher spelled = SPELLED.matcher(text);
    String name = spelled.matches() ? spelled.group("name") : "";
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    if (name.length() > NAME_CHARACTERS_MAX || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "nodes are looked up under dns:NAME or dns://SERVER[:PORT]/NAME, without a port of theirs"
              + " and not among other endpoints, NAME of at most "
              + NAME_CHARACTERS_MAX
              + " characters; not '"
              + text
              + "'");
    }
    String server = spelled.group("server");
    return new DnsName(server == null ? "" : server, name);
  }

  /** Whether a text may stand between two dots of a name. */
  static boolean isLabel(String text) {
    return text.matches(LABEL);
  }

  @Override
  public String toString() {
    return server.isEmpty() ? SCHEME + name : SCHEME + "//" + server + "/" + name;
  }
}
