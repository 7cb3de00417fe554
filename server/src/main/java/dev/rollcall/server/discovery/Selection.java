package dev.rollcall.server.discovery;

import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceSnapshot;
import dev.rollcall.store.instance.Status;
import dev.rollcall.v1.ErrorReason;
import io.grpc.StatusRuntimeException;

/**
 * Which instances of a service a lookup wants.
 *
 * @param isHealthyOnly only those that are to get traffic
 * @param endpoint only those with an endpoint of this name; empty for all
 * @param subset only those of this subset of the service's spec; empty for all
 */
record Selection(Filter filter, boolean isHealthyOnly, String endpoint, String subset) {
  Selection {
    if (!endpoint.isEmpty()) {
      // An endpoint holds its name to the rules; any host and port serve beside it.
      new Endpoint(endpoint, "", "any", 1, false);
    }
  }

  /**
   * The same with the subset as the spec has it there.
   *
   * @throws StatusRuntimeException of SUBSET_NOT_FOUND when the spec does not name it
   */
  Selection in(ServiceSnapshot service) {
    if (subset.isEmpty()) {
      return this;
    }
    var named =
        service
            .spec()
            .map(registered -> registered.spec().subsets().get(subset))
            .map(Filter::parse)
            .orElseThrow(() ->
                StatusMapper.status(
                    ErrorReason.SUBSET_NOT_FOUND,
                    "service %s has no subset '%s'".formatted(service.key(), subset)));
    return new Selection(filter.and(named), isHealthyOnly, endpoint, "");
  }

  /** Whether all are wanted, so that nobody need ask. */
  boolean isAll() {
    return filter.isAll() && !isHealthyOnly && endpoint.isEmpty() && subset.isEmpty();
  }

  /** Whether this one is; the cheap questions first. */
  boolean wants(RegisteredInstance registered) {
    if (isHealthyOnly && registered.effectiveStatus() != Status.UP) {
      return false;
    }
    return (endpoint.isEmpty() || hasEndpoint(registered)) && filter.matches(registered);
  }

  /** Whether it has the endpoint that is wanted. */
  boolean hasEndpoint(RegisteredInstance registered) {
    for (Endpoint each : registered.instance().endpoints()) {
      if (each.name().equals(endpoint)) {
        return true;
      }
    }
    return false;
  }
}
