package dev.rollcall.store.filter;

import dev.rollcall.store.filter.Selector.Text;
import dev.rollcall.store.filter.Selector.Words;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.RegisteredInstance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What names stand for in an instance. */
enum InstanceVocabulary implements Vocabulary<RegisteredInstance> {
  INSTANCES;

  /** The names that stand for themselves. */
  private static final Map<String, Selector<RegisteredInstance>> PLAIN =
      Map.ofEntries(
          Map.entry("id", new Text<>(RegisteredInstance::id)),
          Map.entry("version", new Text<>(of -> of.instance().version())),
          Map.entry("status", new Text<>(of -> of.instance().status().name())),
          Map.entry("effective_status", new Text<>(of -> of.effectiveStatus().name())),
          Map.entry("status_cause", new Text<>(of -> of.statusCause().name())),
          Map.entry("lifecycle", new Text<>(of -> of.standing().lifecycle().name())),
          Map.entry("suspect", new Text<>(of -> Boolean.toString(of.standing().isSuspect()))),
          Map.entry("weight", new Text<>(of -> Integer.toString(of.instance().weight()))),
          Map.entry("region", new Text<>(of -> of.instance().locality().region())),
          Map.entry("zone", new Text<>(of -> of.instance().locality().zone())),
          Map.entry("sub_zone", new Text<>(of -> of.instance().locality().subZone())),
          Map.entry("tags", new Words<>(of -> of.instance().tags())),
          Map.entry("meta", new Words<>(of -> of.instance().metadata().keySet())),
          Map.entry("endpoints", new Words<>(of -> endpointNames(of.instance()))));

  private static final String METADATA = "meta.";
  private static final String ENDPOINTS = "endpoints.";

  @Override
  public Optional<Selector<RegisteredInstance>> named(String name) {
    if (name.startsWith(METADATA) && name.length() > METADATA.length()) {
      return Optional.of(keyed(name.substring(METADATA.length())));
    }
    if (name.startsWith(ENDPOINTS)) {
      return endpoint(name.substring(ENDPOINTS.length()));
    }
    return Optional.ofNullable(PLAIN.get(name));
  }

  @Override
  public String pairs() {
    return "meta";
  }

  @Override
  public Selector<RegisteredInstance> keyed(String key) {
    return new Text<>(of -> of.instance().metadata().getOrDefault(key, ""));
  }

  @Override
  public String names() {
    return "id, version, status, effective_status, status_cause, lifecycle, suspect, weight,"
        + " region, zone, sub_zone, tags, meta, meta.KEY, endpoints,"
        + " endpoints.NAME.protocol, .host, .port or .tls";
  }

  /** The last dot parts the field from the endpoint's name, which may have dots of its own. */
  private static Optional<Selector<RegisteredInstance>> endpoint(String path) {
    int dot = path.lastIndexOf('.');
    if (dot < 1) {
      return Optional.empty();
    }
    String name = path.substring(0, dot);
    Function<Endpoint, String> field =
        switch (path.substring(dot + 1)) {
          case "protocol" -> Endpoint::protocol;
          case "host" -> Endpoint::host;
          case "port" -> endpoint -> Integer.toString(endpoint.port());
          case "tls" -> endpoint -> Boolean.toString(endpoint.tls());
          default -> null;
        };
    return Optional.ofNullable(field)
        .map(of -> new Text<>(registered -> ofEndpoint(registered.instance(), name, of)));
  }

  private static String ofEndpoint(
      Instance instance, String name, Function<Endpoint, String> field) {
    for (Endpoint endpoint : instance.endpoints()) {
      if (endpoint.name().equals(name)) {
        return field.apply(endpoint);
      }
    }
    return "";
  }

  private static List<String> endpointNames(Instance instance) {
    return instance.endpoints().stream().map(Endpoint::name).toList();
  }
}
