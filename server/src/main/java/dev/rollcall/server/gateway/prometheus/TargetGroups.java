package dev.rollcall.server.gateway.prometheus;

import com.google.gson.stream.JsonWriter;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.ServiceSnapshot;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The list of target groups, one for each instance, while it is written. Labels are named as
 * Prometheus' own discoveries name theirs: {@code __meta_rollcall_…}, to be used by relabelling.
 */
final class TargetGroups {
  private static final String META = "__meta_rollcall_";
  private static final Pattern NO_LABEL = Pattern.compile("[^a-zA-Z0-9_]");

  private final JsonWriter json;

  TargetGroups(Writer writer) throws IOException {
    json = new JsonWriter(writer);
    json.beginArray();
  }

  void add(ServiceSnapshot service, TargetSelection selection) throws IOException {
    for (RegisteredInstance registered : service.instances()) {
      Optional<Endpoint> endpoint = selection.endpointOf(registered);
      if (endpoint.isPresent()) {
        add(registered, endpoint.get());
      }
    }
  }

  /** Completes the list. */
  void end() throws IOException {
    json.endArray();
    json.flush();
  }

  private void add(RegisteredInstance registered, Endpoint endpoint) throws IOException {
    Instance instance = registered.instance();
    json.beginObject();
    json.name("targets").beginArray().value(address(endpoint)).endArray();
    json.name("labels").beginObject();
    label("namespace", instance.key().service().namespace());
    label("service", instance.key().service().name());
    label("instance_id", instance.key().instanceId());
    label("status", registered.effectiveStatus().name());
    label("endpoint", endpoint.name());
    label("protocol", endpoint.protocol());
    label("region", instance.locality().region());
    label("zone", instance.locality().zone());
    label("sub_zone", instance.locality().subZone());
    label("version", instance.version());
    label("weight", Integer.toString(instance.weight()));
    if (!instance.tags().isEmpty()) {
      // Commas at both ends, so that one expression finds a tag wherever it stands.
      label("tags", "," + String.join(",", instance.tags()) + ",");
    }
    var metadata = new TreeMap<String, String>();
    instance
        .metadata()
        .forEach(
            (key, value) -> metadata.putIfAbsent(NO_LABEL.matcher(key).replaceAll("_"), value));
    for (Map.Entry<String, String> pair : metadata.entrySet()) {
      label("metadata_" + pair.getKey(), pair.getValue());
    }
    if (endpoint.tls()) {
      json.name("__scheme__").value("https");
    }
    json.endObject().endObject();
  }

  /** An empty label is, to Prometheus, one that is not there. */
  private void label(String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.name(META + name).value(value);
    }
  }

  private static String address(Endpoint endpoint) {
    String host = endpoint.host();
    boolean isIpv6 = host.indexOf(':') >= 0 && !host.startsWith("[");
    return (isIpv6 ? "[" + host + "]" : host) + ":" + endpoint.port();
  }
}
