package dev.rollcall.client.dns;

import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException.Unavailable;
import dev.rollcall.client.transport.Addresses;
import dev.rollcall.client.transport.NodeDirectory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The nodes that DNS lists under a name. For {@code example.com} and a client in the zone z1:
 *
 * <ol>
 *   <li>SRV of {@code _rollcall._tcp.z1.example.com} (nodes of that zone, chosen first) and of
 *       {@code _rollcall._tcp.example.com} (all), lower priorities first; weights are not looked
 *       at. A name that begins with an underscore is taken as it is: {@code _x._tcp.example.com}.
 *   <li>If there are none, TXT of {@code txt.example.com}: words, each the host:port of a node or
 *       the name of a zone; and for each zone, say {@code z1.example.com}, TXT of {@code
 *       txt.z1.example.com}: its nodes, as host or host:port (7400 when it is not said). A zone is
 *       the client's own when the first part of its name is.
 * </ol>
 *
 * <p>Safe for any thread.
 */
public final class DnsDirectory implements NodeDirectory {
  static final int NODES_MAX = 64;
  static final int ZONES_MAX = 16;

  private static final String SERVICE = "_rollcall._tcp.";
  private static final String TEXTS = "txt.";
  private static final String PORT = ":7400";
  private static final int OWN_ZONE = 0;
  private static final int OTHER_ZONE = 1;

  /** Priorities of SRV are 16 bits. */
  private static final int PRIORITIES = 1 << 16;

  private final DnsName name;
  private final String zone;
  private final DnsRecords records;

  /**
   * Asks nobody yet.
   *
   * @param zone of the client, empty when unknown
   * @throws IllegalArgumentException when the zone cannot be part of a name
   */
  public DnsDirectory(DnsName name, String zone) {
    this(name, zone, new JndiDns(name.server()));
  }

  DnsDirectory(DnsName name, String zone, DnsRecords records) {
    if (!zone.isEmpty() && !DnsName.isLabel(zone)) {
      throw new IllegalArgumentException(
          "the zone '" + zone + "' cannot be part of a DNS name: 1 to 63 of [A-Za-z0-9_-]");
    }
    this.name = name;
    this.zone = zone.toLowerCase(Locale.ROOT);
    this.records = records;
  }

  @Override
  public CompletableFuture<List<ListedNode>> lookUp() {
    var found = new CompletableFuture<List<ListedNode>>();
    var thread =
        new Thread(
            () -> {
              try {
                found.complete(find());
              } catch (RuntimeException e) {
                found.completeExceptionally(e);
              }
            },
            "rollcall-dns");
    thread.setDaemon(true);
    thread.start();
    return found;
  }

  /**
   * As {@link #lookUp}, on this thread.
   *
   * @throws Unavailable when there is no answer, no node, or a record that makes no sense
   */
  List<ListedNode> find() {
    var nodes = new Listed();
    if (!zone.isEmpty()) {
      addServices(serviceName(zone + "."), OWN_ZONE, nodes);
    }
    addServices(serviceName(""), OTHER_ZONE, nodes);
    if (nodes.tiers.isEmpty()) {
      addTexts(nodes);
    }
    if (nodes.tiers.isEmpty()) {
      throw new Unavailable(
          Reason.UNREACHABLE,
          "%s names no nodes: no SRV of %s, no TXT of %s%s"
              .formatted(name, serviceName(""), TEXTS, name.name()),
          null);
    }
    return nodes.list();
  }

  private String serviceName(String zonePart) {
    if (!name.name().startsWith("_")) {
      return SERVICE + zonePart + name.name();
    }
    String[] parts = name.name().split("\\.", 3);
    return parts.length < 3 ? name.name() : parts[0] + "." + parts[1] + "." + zonePart + parts[2];
  }

  private void addServices(String service, int zoneTier, Listed nodes) {
    for (String record : records.find(DnsRecords.Type.SRV, service)) {
      // priority weight port target
      String[] fields = record.strip().split("\\s+", -1);
      if (fields.length != 4 || !Addresses.isPort(fields[0]) || !Addresses.isPort(fields[2])) {
        throw nonsense(DnsRecords.Type.SRV, service, record, "a record of that type");
      }
      String target = fields[3].endsWith(".") ? withoutLast(fields[3]) : fields[3];
      // The target "." says that the service is not here, on purpose.
      if (!target.isEmpty()) {
        int tier = zoneTier * PRIORITIES + Integer.parseInt(fields[0]);
        nodes.add(DnsRecords.Type.SRV, service, target + ":" + fields[2], tier);
      }
    }
  }

  private void addTexts(Listed nodes) {
    String texts = TEXTS + name.name();
    var zones = new ArrayList<String>();
    for (String word : words(texts)) {
      if (word.contains(":")) {
        nodes.add(DnsRecords.Type.TXT, texts, word, OTHER_ZONE);
      } else {
        zones.add(word.endsWith(".") ? withoutLast(word) : word);
      }
    }
    if (zones.size() > ZONES_MAX) {
      throw tooMany(zones.size() + " zones", ZONES_MAX);
    }
    for (String zoneName : zones) {
      boolean isOwn = zoneName.toLowerCase(Locale.ROOT).startsWith(zone + ".");
      String zoneTexts = TEXTS + zoneName;
      for (String word : words(zoneTexts)) {
        String address = word.contains(":") ? word : word + PORT;
        nodes.add(DnsRecords.Type.TXT, zoneTexts, address, isOwn ? OWN_ZONE : OTHER_ZONE);
      }
    }
  }

  /** The words of all texts of a name: whether in one string or in many is all the same. */
  private List<String> words(String texts) {
    return records.find(DnsRecords.Type.TXT, texts).stream()
        .flatMap(text -> Arrays.stream(text.replace('"', ' ').strip().split("\\s+", -1)))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static String withoutLast(String text) {
    return text.substring(0, text.length() - 1);
  }

  private Unavailable nonsense(DnsRecords.Type type, String of, String found, String wanted) {
    return new Unavailable(
        Reason.OTHER,
        "%s: %s of %s: '%s' is not %s".formatted(name, type, of, found, wanted),
        null);
  }

  private Unavailable tooMany(String what, int limit) {
    return new Unavailable(
        Reason.OTHER, "%s names %s, at most %d".formatted(name, what, limit), null);
  }

  /** The nodes found so far, each in the lowest of its tiers, in the order they came. */
  private final class Listed {
    final Map<String, Integer> tiers = new LinkedHashMap<>();

    void add(DnsRecords.Type type, String of, String address, int tier) {
      try {
        tiers.merge(Addresses.parse(address), tier, Math::min);
      } catch (IllegalArgumentException e) {
        throw nonsense(type, of, address, "host:port");
      }
      if (tiers.size() > NODES_MAX) {
        throw tooMany("more than " + NODES_MAX + " nodes", NODES_MAX);
      }
    }

    List<ListedNode> list() {
      return tiers.entrySet().stream()
          .map(node -> new ListedNode(node.getKey(), node.getValue()))
          .toList();
    }
  }
}
