package dev.rollcall.server.gateway.prometheus;

import dev.rollcall.server.gateway.http.HttpCall;
import dev.rollcall.server.gateway.http.HttpRefusal;
import dev.rollcall.store.filter.Filter;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which instances become targets, and by which endpoint.
 *
 * @param services all of the namespace when empty
 * @param endpoint the name of the endpoint to be scraped; empty for {@link #METRICS}, or the first
 *     of an instance that has none of that name
 */
record TargetSelection(
    String foldedNamespace,
    List<ServiceKey> services,
    String endpoint,
    Filter filter,
    Set<Status> statuses) {
  /** The endpoint that is for metrics, by its name. */
  private static final String METRICS = "metrics";

  static TargetSelection of(HttpCall call) {
    String namespace = call.query("namespace").orElse("");
    List<ServiceKey> services =
        call.queries("service").stream().map(name -> new ServiceKey(namespace, name)).toList();
    // A service key holds the namespace to the rules for names; any name serves beside it.
    var probe = new ServiceKey(namespace, "any");
    return new TargetSelection(
        probe.foldedNamespace(),
        services,
        call.query("endpoint").orElse(""),
        Filter.parse(call.query("filter").orElse("")),
        statuses(call.queries("status")));
  }

  /** The endpoint to be scraped, of an instance that is wanted. */
  Optional<Endpoint> endpointOf(RegisteredInstance registered) {
    if (!statuses.contains(registered.effectiveStatus()) || !filter.matches(registered)) {
      return Optional.empty();
    }
    List<Endpoint> endpoints = registered.instance().endpoints();
    String wanted = endpoint.isEmpty() ? METRICS : endpoint;
    Optional<Endpoint> named =
        endpoints.stream().filter(each -> each.name().equals(wanted)).findFirst();
    return endpoint.isEmpty() ? named.or(() -> endpoints.stream().findFirst()) : named;
  }

  private static Set<Status> statuses(List<String> names) {
    if (names.isEmpty()) {
      return EnumSet.of(Status.UP);
    }
    var statuses = EnumSet.noneOf(Status.class);
    for (String name : names) {
      if (name.equals("any")) {
        statuses.addAll(EnumSet.allOf(Status.class));
      } else {
        statuses.add(status(name));
      }
    }
    return statuses;
  }

  private static Status status(String name) {
    for (Status status : Status.values()) {
      if (status.name().equals(name)) {
        return status;
      }
    }
    throw HttpRefusal.invalid(
        "no status '%s'; there are any and %s".formatted(name, List.of(Status.values())));
  }
}
