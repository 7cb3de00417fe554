package dev.rollcall.chaos.interop;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Sends the same requests to Spring's Eureka server and to a node, and compares the answers field
 * by field. What differs must be a {@link KnownDifference}, and each of those must show. One
 * thread.
 */
final class Differential {
  private static final String ABSENT = "absent";

  private final Map<KnownDifference, Integer> known = new EnumMap<>(KnownDifference.class);
  private final List<String> unknown = new ArrayList<>();
  private int exchanges;
  private int fields;

  /**
   * Sends all requests of the {@link Script}.
   *
   * @param reference base address of Spring's server, without instances
   * @param node base address of a node, whose registry is empty and has been for minutes
   */
  void run(String reference, String node) {
    long nowMillis = System.currentTimeMillis();
    try (var http = new EurekaHttp()) {
      for (Exchange exchange : Script.at(nowMillis)) {
        exchanges++;
        compare(
            exchange,
            Fields.of(exchange.send(http, reference), nowMillis),
            Fields.of(exchange.send(http, node), nowMillis));
      }
    }
  }

  /** What must not be: differences that nobody knows of, and known ones that do not show. */
  List<String> complaints() {
    var complaints = new ArrayList<>(unknown);
    if (exchanges == 0) {
      return complaints;
    }
    for (KnownDifference difference : KnownDifference.values()) {
      if (!known.containsKey(difference)) {
        complaints.add("not any more: " + difference.words());
      }
    }
    return complaints;
  }

  /** For people. */
  String text() {
    var text = new StringBuilder();
    text.append(
        "%,d requests to Spring's Eureka server and to a node: %,d fields compared%n"
            .formatted(exchanges, fields));
    known.forEach((one, count) -> text.append("  %-75s %6d%n".formatted(one.words(), count)));
    complaints()
        .forEach(line -> text.append("DIFFERS  ").append(line).append(System.lineSeparator()));
    return text.toString();
  }

  /** For scripts. */
  JsonObject json() {
    var counts = new JsonObject();
    known.forEach((one, count) -> counts.addProperty(one.name().toLowerCase(Locale.ROOT), count));
    var differs = new JsonArray();
    complaints().forEach(differs::add);
    var json = new JsonObject();
    json.addProperty("requests", exchanges);
    json.addProperty("fields", fields);
    json.add("known", counts);
    json.add("differs", differs);
    return json;
  }

  private void compare(Exchange exchange, Map<String, String> theirs, Map<String, String> ours) {
    var paths = new TreeSet<>(theirs.keySet());
    paths.addAll(ours.keySet());
    for (String whole : List.of(Fields.STATUS, Fields.TYPE)) {
      if (!Objects.equals(theirs.get(whole), ours.get(whole))) {
        // The rest is then of different things.
        paths.retainAll(Set.of(whole));
        break;
      }
    }
    Optional<String> missing = Optional.empty();
    for (String path : paths) {
      if (missing.filter(path::startsWith).isPresent()) {
        continue;
      }
      fields++;
      String their = theirs.getOrDefault(path, ABSENT);
      String our = ours.getOrDefault(path, ABSENT);
      if (!their.equals(our)) {
        differs(exchange, path, their, our);
        if (path.endsWith("]")) {
          missing = Optional.of(path);
        }
      }
    }
  }

  private void differs(Exchange exchange, String path, String their, String our) {
    String line = "%s: %s is %s, ours %s".formatted(exchange, path, their, our);
    KnownDifference.of(line)
        .ifPresentOrElse(
            difference -> known.merge(difference, 1, Integer::sum),
            () -> unknown.add(exchanges + ". " + line));
  }
}
