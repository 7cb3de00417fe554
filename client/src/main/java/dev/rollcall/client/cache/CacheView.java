package dev.rollcall.client.cache;

import dev.rollcall.client.ServiceInstance;
import java.util.List;

/**
 * What a cache knew at one moment.
 *
 * @param instances in order of id
 * @param revision up to which every change is in
 * @param serviceRevision revision of the last change in this service
 * @param state how far it can be trusted
 */
public record CacheView(
    List<ServiceInstance> instances, long revision, long serviceRevision, CacheState state) {
  static final CacheView NOTHING = new CacheView(List.of(), 0, 0, new CacheState.Empty(""));
}
