package dev.rollcall.client.cache;

import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceSpec;
import java.util.List;
import java.util.Optional;

/**
 * What a cache knew at one moment.
 *
 * @param instances in order of id
 * @param revision up to which every change is in
 * @param serviceRevision revision of the last change in this service
 * @param state how far it can be trusted
 * @param spec what operators laid down for the service (labels, how to choose, subsets), as of
 *     {@code serviceRevision}; empty when nothing
 */
public record CacheView(
    List<ServiceInstance> instances,
    long revision,
    long serviceRevision,
    CacheState state,
    Optional<ServiceSpec> spec) {
  static final CacheView NOTHING = empty("");

  /** Nothing yet, and what is in the way. */
  static CacheView empty(String cause) {
    return new CacheView(List.of(), 0, 0, new CacheState.Empty(cause), Optional.empty());
  }

  /** The same, trusted otherwise. */
  CacheView in(CacheState other) {
    return new CacheView(instances, revision, serviceRevision, other, spec);
  }
}
