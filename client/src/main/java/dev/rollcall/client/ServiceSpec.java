package dev.rollcall.client;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What operators lay down for a service; it holds whether there are instances or not. The registry
 * checks it.
 *
 * @param namespace empty for the client's
 * @param labels labels with a value, in order of key; limits as of an instance's metadata
 * @param defaultTtl of leases made by registrations that name none; empty for the registry's
 * @param floor instances below which no lapsed lease takes the service; 0 means no floor
 * @param loadBalancing how callers should choose
 * @param subsets filters by name, in order of name
 * @param createRevision of the spec; 0 before the registry has it
 * @param modRevision of its last change; 0 before the registry has it
 */
public record ServiceSpec(
    String namespace,
    String service,
    Map<String, String> labels,
    Optional<Duration> defaultTtl,
    int floor,
    LoadBalancing loadBalancing,
    Map<String, String> subsets,
    long createRevision,
    long modRevision) {
  public ServiceSpec {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    subsets = Collections.unmodifiableMap(new TreeMap<>(subsets));
  }

  /** One of the client's namespace that says nothing yet. */
  public static ServiceSpec of(String service) {
    return new ServiceSpec(
        "", service, Map.of(), Optional.empty(), 0, LoadBalancing.UNSPECIFIED, Map.of(), 0, 0);
  }

  /** The same with these labels. */
  public ServiceSpec withLabels(Map<String, String> all) {
    return new ServiceSpec(
        namespace, service, all, defaultTtl, floor, loadBalancing, subsets, 0, 0);
  }

  /** The same with this default time to live. */
  public ServiceSpec withDefaultTtl(Duration ttl) {
    return new ServiceSpec(
        namespace, service, labels, Optional.of(ttl), floor, loadBalancing, subsets, 0, 0);
  }

  /** The same with this floor. */
  public ServiceSpec withFloor(int instances) {
    return new ServiceSpec(
        namespace, service, labels, defaultTtl, instances, loadBalancing, subsets, 0, 0);
  }

  /** The same with this hint. */
  public ServiceSpec withLoadBalancing(LoadBalancing hint) {
    return new ServiceSpec(namespace, service, labels, defaultTtl, floor, hint, subsets, 0, 0);
  }

  /** The same with these subsets. */
  public ServiceSpec withSubsets(Map<String, String> filters) {
    return new ServiceSpec(
        namespace, service, labels, defaultTtl, floor, loadBalancing, filters, 0, 0);
  }
}
