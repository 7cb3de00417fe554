package dev.rollcall.store.instance;

import dev.rollcall.store.instance.InvalidRequest.Rule;
import java.util.SortedMap;

/**
 * What holds for a service whether it has instances or not; every limit of the interface holds, but
 * that the filters of its subsets parse, which the command checks that lays it down.
 *
 * @param labels in order of key; limits as of an instance's metadata
 * @param defaultTtlMillis of leases made by registrations that name none; 0 means the registry's
 * @param floor instances below which no lapsed lease takes the service, 0 to 100,000
 * @param subsets filters by name, up to 32
 */
public record ServiceSpec(
    ServiceKey service,
    SortedMap<String, String> labels,
    long defaultTtlMillis,
    int floor,
    LoadBalancing loadBalancing,
    SortedMap<String, String> subsets) {
  private static final int FLOOR_MAX = 100_000;
  private static final int SUBSETS_MAX = 32;

  public ServiceSpec {
    labels = Instance.sorted(labels);
    subsets = Instance.sorted(subsets);
    Names.requireMetadata(labels);
    if (floor < 0 || floor > FLOOR_MAX) {
      throw new InvalidRequest(
          Rule.OTHER, "floor must be 0 to 100000: " + Integer.toUnsignedString(floor));
    }
    if (subsets.size() > SUBSETS_MAX) {
      throw new InvalidRequest(Rule.OTHER, "at most 32 subsets, not " + subsets.size());
    }
    subsets.keySet().forEach(Names::requireSubsetName);
  }
}
