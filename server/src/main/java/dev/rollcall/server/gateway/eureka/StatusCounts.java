package dev.rollcall.server.gateway.eureka;

import dev.rollcall.store.instance.RegisteredInstance;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many instances are in which status: all that Eureka's hash tells. A client that has followed
 * the deltas counts its own, and fetches everything anew when it counts otherwise.
 */
record StatusCounts(Map<String, Integer> counts) {
  static StatusCounts of(Collection<RegisteredInstance> instances) {
    var counts = new TreeMap<String, Integer>();
    instances.forEach(instance -> counts.merge(InstanceWriter.status(instance), 1, Integer::sum));
    return new StatusCounts(counts);
  }

  static StatusCounts sum(Collection<StatusCounts> parts) {
    var counts = new TreeMap<String, Integer>();
    for (var part : parts) {
      part.counts.forEach((status, count) -> counts.merge(status, count, Integer::sum));
    }
    return new StatusCounts(counts);
  }

  /** As Eureka writes it: for each status in order of name, its name and number. */
  String hash() {
    var hash = new StringBuilder();
    counts.forEach((status, count) -> hash.append(status).append('_').append(count).append('_'));
    return hash.toString();
  }
}
