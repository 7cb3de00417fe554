package dev.rollcall.client;

import java.util.List;
import java.util.Optional;

/**
 * A page of the list of services.
 *
 * @param services in order of name without case
 * @param nextPageToken for the next page; absent on the last one
 * @param revision of the registry at the node when it answered; pages may differ
 */
public record ServicePage(
    List<ServiceSummary> services, Optional<String> nextPageToken, long revision) {
  /** Copies the list. */
  public ServicePage {
    services = List.copyOf(services);
  }
}
