package dev.rollcall.cli.lb;

import dev.rollcall.client.Endpoint;
import dev.rollcall.client.ServiceInstance;
import java.util.Optional;

/**
 * How instances become servers.
 *
 * @param endpoint name of the endpoint to use; empty for the first without TLS, or the first of all
 * @param zone whose instances are to be preferred: those of others become backups; empty for no
 *     preference
 */
public record Selection(String endpoint, String zone) {
  /** Where the balancer goes; empty when the instance has no such endpoint. */
  Optional<Endpoint> endpointOf(ServiceInstance instance) {
    if (!endpoint.isEmpty()) {
      return instance.endpoint(endpoint);
    }
    return instance.endpoints().stream()
        .filter(it -> !it.tls())
        .findFirst()
        .or(() -> instance.endpoints().stream().findFirst());
  }

  boolean isBackup(ServiceInstance instance) {
    return !zone.isEmpty() && !zone.equals(instance.locality().zone());
  }
}
