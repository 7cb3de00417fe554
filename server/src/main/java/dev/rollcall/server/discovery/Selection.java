package dev.rollcall.server.discovery;

import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.Status;

/**
 * Which instances of a service a lookup wants.
 *
 * @param isHealthyOnly only those that are to get traffic
 * @param endpoint only those with an endpoint of this name; empty for all
 */
record Selection(Filter filter, boolean isHealthyOnly, String endpoint) {
  Selection {
    if (!endpoint.isEmpty()) {
      // An endpoint holds its name to the rules; any host and port serve beside it.
      new Endpoint(endpoint, "", "any", 1, false);
    }
  }

  /** Whether all are wanted, so that nobody need ask. */
  boolean isAll() {
    return filter.isAll() && !isHealthyOnly && endpoint.isEmpty();
  }

  /** Whether this one is; the cheap questions first. */
  boolean wants(RegisteredInstance registered) {
    if (isHealthyOnly && registered.instance().status() != Status.UP) {
      return false;
    }
    return (endpoint.isEmpty() || hasEndpoint(registered)) && filter.matches(registered.instance());
  }

  private boolean hasEndpoint(RegisteredInstance registered) {
    for (Endpoint each : registered.instance().endpoints()) {
      if (each.name().equals(endpoint)) {
        return true;
      }
    }
    return false;
  }
}
