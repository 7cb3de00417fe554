package dev.rollcall.server.gateway.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.gateway.http.HttpAnswer;
import dev.rollcall.server.gateway.http.HttpCall;
import dev.rollcall.server.gateway.http.HttpRefusal;
import dev.rollcall.server.gateway.http.HttpRoutes;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.ServiceSummary;
import dev.rollcall.store.instance.ServiceKey;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What Prometheus asks every refresh interval: all targets, as this node knows them now. */
public final class TargetRoutes implements HttpRoutes {
  private static final List<String> PATH = List.of("prometheus", "http_sd");
  private static final Set<String> PARAMETERS =
      Set.of("namespace", "service", "endpoint", "filter", "status");
  private static final int SERVICES_AT_ONCE = 1_000;
  private static final int WRITTEN_AT_ONCE = 32 << 10;

  private final RegistryStore store;

  /** Over what the node has published. */
  public TargetRoutes(RegistryStore store) {
    this.store = store;
  }

  @Override
  public Optional<HttpAnswer> answer(HttpCall call) {
    if (!call.path().equals(PATH)) {
      return Optional.empty();
    }
    if (!call.method().equals("GET")) {
      throw HttpRefusal.methodNotAllowed(call, "GET");
    }
    for (String name : call.queries().keySet()) {
      if (!PARAMETERS.contains(name)) {
        throw HttpRefusal.invalid(
            "no parameter '%s' here; there are %s".formatted(name, new TreeSet<>(PARAMETERS)));
      }
    }
    var selection = TargetSelection.of(call);
    return Optional.of(HttpAnswer.stream(HttpAnswer.JSON, out -> write(selection, out)));
  }

  /** Piece by piece: the targets of a whole registry are too many to be held at once. */
  private void write(TargetSelection selection, OutputStream out) throws IOException {
    var writer = new BufferedWriter(new OutputStreamWriter(out, UTF_8), WRITTEN_AT_ONCE);
    var groups = new TargetGroups(writer);
    if (selection.services().isEmpty()) {
      writeAll(selection, groups);
    }
    for (ServiceKey service : selection.services()) {
      groups.add(store.service(service), selection);
    }
    groups.end();
  }

  private void writeAll(TargetSelection selection, TargetGroups groups) throws IOException {
    Optional<String> after = Optional.empty();
    List<ServiceSummary> page;
    do {
      page = store.services(selection.foldedNamespace(), "", after, SERVICES_AT_ONCE);
      for (ServiceSummary summary : page) {
        groups.add(store.service(summary.service()), selection);
        after = Optional.of(summary.service().foldedName());
      }
    } while (page.size() == SERVICES_AT_ONCE);
  }
}
