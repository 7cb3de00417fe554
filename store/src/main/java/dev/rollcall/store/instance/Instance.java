package dev.rollcall.store.instance;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * One running copy of a service, as its owner describes it; every limit of the interface holds.
 *
 * @param incarnation fencing token, positive
 * @param endpoints 1 to 16 with distinct names
 * @param weight 0 to 65535
 * @param version free text, up to 128 bytes
 * @param tags distinct, in the order given
 * @param metadata in order of key
 */
public record Instance(
    InstanceKey key,
    long incarnation,
    List<Endpoint> endpoints,
    Locality locality,
    int weight,
    String version,
    List<String> tags,
    SortedMap<String, String> metadata,
    Status status) {
  /** Weight of an instance that names none. */
  public static final int WEIGHT_DEFAULT = 100;

  private static final int ENDPOINTS_MAX = 16;
  private static final int COMPARED_MAX = 8;

  public Instance {
    endpoints = List.copyOf(endpoints);
    tags = withoutRepeats(tags);
    metadata = sorted(metadata);
    if (incarnation <= 0) {
      throw new InvalidRequest(InvalidRequest.Rule.OTHER, "incarnation must be positive");
    }
    requireEndpoints(endpoints);
    Names.requireWeight(weight);
    Names.requireBytesAtMost("version", version, 128);
    Names.requireTags(tags);
    Names.requireMetadata(metadata);
  }

  /** The tags without repeats, in the order given. */
  public static List<String> withoutRepeats(List<String> tags) {
    return isDistinct(tags) ? List.copyOf(tags) : List.copyOf(new LinkedHashSet<>(tags));
  }

  /** Few are compared with each other; for many that would take too long. */
  private static boolean isDistinct(List<String> texts) {
    if (texts.size() > COMPARED_MAX) {
      return false;
    }
    for (int i = 1; i < texts.size(); i++) {
      for (int k = 0; k < i; k++) {
        if (texts.get(i).equals(texts.get(k))) {
          return false;
        }
      }
    }
    return true;
  }

  /** A copy that does not change, in order of key. */
  public static SortedMap<String, String> sorted(Map<String, String> metadata) {
    return SortedPairs.copyOf(metadata);
  }

  private static void requireEndpoints(List<Endpoint> endpoints) {
    if (endpoints.isEmpty()) {
      throw new InvalidRequest(
          InvalidRequest.Rule.ENDPOINT_REQUIRED, "an instance needs at least one endpoint");
    }
    if (endpoints.size() > ENDPOINTS_MAX) {
      throw new InvalidRequest(
          InvalidRequest.Rule.TOO_MANY_ENDPOINTS,
          "an instance has at most " + ENDPOINTS_MAX + " endpoints, not " + endpoints.size());
    }
    if (endpoints.size() == 1) {
      return;
    }
    var names = new HashSet<String>();
    for (Endpoint endpoint : endpoints) {
      if (!names.add(endpoint.name())) {
        throw new InvalidRequest(
            InvalidRequest.Rule.INVALID_ENDPOINT, "endpoint named twice: " + endpoint.name());
      }
    }
  }
}
