package dev.rollcall.server.discovery;

import dev.rollcall.server.api.Headers;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.ServiceSummary;
import dev.rollcall.store.filter.ServiceFilter;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.v1.ListServicesRequest;
import dev.rollcall.v1.ListServicesResponse;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One page of a list of services. The token is the folded name of the last service that was looked
 * at for the page before: it stays good whatever is registered between two pages.
 *
 * @param prefix folded
 */
record ServicePage(
    String foldedNamespace,
    String prefix,
    ServiceFilter filter,
    Optional<String> after,
    int servicesMax) {
  private static final int SERVICES_DEFAULT = 1_000;
  private static final int SERVICES_MAX = 10_000;
  private static final int BYTES_MAX = 1 << 20;

  /** So that one request takes a few milliseconds at most, however few services it wants. */
  private static final int ASKED_MAX = 10_000;

  private static final int ASKED_AT_ONCE = 1_000;

  static ServicePage of(ListServicesRequest request) {
    int size = request.getPageSize();
    if (size < 0 || size > SERVICES_MAX) {
      throw new InvalidRequest(
          Rule.OTHER,
          "page_size must be at most " + SERVICES_MAX + ": " + Integer.toUnsignedString(size));
    }
    String prefix = request.getPrefix().toLowerCase(Locale.ROOT);
    String token = request.getPageToken();
    // A service key holds both to the rules for names; any other name serves beside them.
    var probe = new ServiceKey(request.getNamespace(), prefix.isEmpty() ? "any" : prefix);
    if (!token.isEmpty()) {
      requireToken(token);
    }
    return new ServicePage(
        probe.foldedNamespace(),
        prefix,
        ServiceFilter.parse(request.getFilter()),
        token.isEmpty() ? Optional.empty() : Optional.of(token),
        size == 0 ? SERVICES_DEFAULT : size);
  }

  ListServicesResponse from(RegistryStore store, Headers headers) {
    var page = ListServicesResponse.newBuilder().setHeader(headers.at(store.status().revision()));
    Optional<String> last = after;
    int bytes = 0;
    // One more than asked for, to know whether there is another page.
    int atOnce = Math.min(ASKED_AT_ONCE, servicesMax + 1);
    for (int asked = 0; asked <= ASKED_MAX; asked += atOnce) {
      List<ServiceSummary> found = store.services(foldedNamespace, prefix, last, atOnce);
      for (ServiceSummary summary : found) {
        if (filter.matches(summary)) {
          dev.rollcall.v1.ServiceSummary message = message(summary);
          bytes += message.getSerializedSize() + 4;
          if (page.getServicesCount() == servicesMax || bytes > BYTES_MAX) {
            return page.setNextPageToken(last.orElse("")).build();
          }
          page.addServices(message);
        }
        last = Optional.of(summary.service().foldedName());
      }
      if (found.size() < atOnce) {
        return page.build();
      }
    }
    return page.setNextPageToken(last.orElse("")).build();
  }

  private static dev.rollcall.v1.ServiceSummary message(ServiceSummary summary) {
    return dev.rollcall.v1.ServiceSummary.newBuilder()
        .setNamespace(summary.service().namespace())
        .setService(summary.service().name())
        .setInstances(summary.instances())
        .setServiceRevision(summary.revision())
        .putAllLabels(summary.labels())
        .build();
  }

  private static void requireToken(String token) {
    try {
      new ServiceKey("", token);
    } catch (InvalidRequest e) {
      throw new InvalidRequest(Rule.OTHER, "page_token is not one that was given: '" + token + "'");
    }
  }
}
