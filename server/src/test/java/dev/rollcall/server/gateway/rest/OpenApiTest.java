package dev.rollcall.server.gateway.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.rollcall.server.gateway.http.HttpCall;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.ResolveResponse;
import dev.rollcall.v1.ServiceSpec;
import dev.rollcall.v1.WatchMode;
import dev.rollcall.v1.WatchScope;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What is described is what there is: routes, parameters, and the fields of messages. */
class OpenApiTest {
  private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

  private final ManagedChannel nobody = InProcessChannelBuilder.forName("nobody").build();
  private final RestRoutes rest = new RestRoutes(nobody, () -> 1);
  private final Map<?, ?> description =
      map(
          new Load(LoadSettings.builder().build())
              .loadFromString(
                  rest.answer(HttpCall.of("GET", "/openapi.yaml", 0)).orElseThrow().text()));

  @AfterEach
  void stop() {
    nobody.shutdownNow();
  }

  @Test
  void itsPathsMethodsAndParametersAreThoseOfTheRoutes() {
    var described = new TreeMap<String, Set<String>>();
    map(description.get("paths"))
        .forEach((path, item) ->
            map(item)
                .forEach((method, operation) -> {
                  if (METHODS.contains(method)) {
                    described.put(
                        method.toString().toUpperCase(Locale.ROOT) + " " + path,
                        parameters(map(operation).get("parameters"), "query"));
                  }
                }));
    var routes = new TreeMap<String, Set<String>>();
    for (Route route : rest.routes()) {
      routes.put(route.method() + " " + route.path(), new TreeSet<>(route.parameters()));
    }

    assertThat(described).isEqualTo(routes);
  }

  @Test
  void itsPathParametersAreThoseOfTheTemplates() {
    map(description.get("paths"))
        .forEach((path, item) -> {
          var named = new TreeSet<String>();
          for (String segment : path.toString().split("/", -1)) {
            if (segment.startsWith("{")) {
              named.add(segment.substring(1, segment.length() - 1));
            }
          }
          assertThat(parameters(map(item).get("parameters"), "path"))
              .as("%s", path)
              .isEqualTo(named);
        });
  }

  @Test
  void itsSchemasHaveTheFieldsAndConstantsOfTheMessages() {
    var messages = new TreeMap<String, Descriptor>();
    var enums = new TreeMap<String, EnumDescriptor>();
    for (FileDescriptor file : files()) {
      file.getMessageTypes().forEach(each -> messages.put(each.getName(), each));
      file.getEnumTypes().forEach(each -> enums.put(each.getName(), each));
    }
    int compared = 0;
    for (var schema : map(map(description.get("components")).get("schemas")).entrySet()) {
      String name = schema.getKey().toString();
      if (messages.containsKey(name)) {
        assertThat(names(map(map(schema.getValue()).get("properties")).keySet()))
            .as(name)
            .isEqualTo(fields(messages.get(name)));
        compared++;
      } else if (enums.containsKey(name)) {
        assertThat(map(schema.getValue()).get("enum")).as(name).isEqualTo(names(enums.get(name)));
        compared++;
      } else {
        assertThat(name).isIn("Error", "Int64");
      }
    }
    assertThat(compared).isGreaterThan(20);
  }

  @Test
  void theModesAndScopesOfAWatchAreAllDescribed() {
    Map<?, ?> watch = map(map(map(description.get("paths")).get("/v1/watch")).get("get"));
    for (Object each : (List<?>) Objects.requireNonNull(watch.get("parameters"))) {
      Map<?, ?> parameter = resolved(map(each));
      Object constants = parameter.get("schema") instanceof Map<?, ?> s ? s.get("enum") : null;
      if ("mode".equals(parameter.get("name"))) {
        assertThat(constants).isEqualTo(butTheFirst(WatchMode.getDescriptor()));
      } else if ("scope".equals(parameter.get("name"))) {
        assertThat(constants).isEqualTo(butTheFirst(WatchScope.getDescriptor()));
      }
    }
  }

  /** Without the one that stands for none. */
  private static List<String> butTheFirst(EnumDescriptor type) {
    return names(type).subList(1, type.getValues().size());
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    var references = new HashSet<String>();
    collectReferences(description, references);

    assertThat(references).isNotEmpty();
    for (String reference : references) {
      Object at = description;
      for (String step : reference.substring(2).split("/", -1)) {
        at = map(at).get(step);
      }
      assertThat(at).as(reference).isNotNull();
    }
  }

  private static List<FileDescriptor> files() {
    return List.of(
        Instance.getDescriptor().getFile(),
        RegisterRequest.getDescriptor().getFile(),
        ResolveResponse.getDescriptor().getFile(),
        ServiceSpec.getDescriptor().getFile());
  }

  private static Set<String> fields(Descriptor message) {
    var names = new TreeSet<String>();
    for (FieldDescriptor field : message.getFields()) {
      // The path says it.
      if (!(message.getName().equals("UpdateRequest") && field.getName().equals("key"))) {
        names.add(field.getJsonName());
      }
    }
    return names;
  }

  private static List<String> names(EnumDescriptor type) {
    return type.getValues().stream().map(EnumValueDescriptor::getName).toList();
  }

  private static Set<String> names(Set<?> keys) {
    var names = new TreeSet<String>();
    keys.forEach(key -> names.add(key.toString()));
    return names;
  }

  private Set<String> parameters(@Nullable Object list, String in) {
    var names = new TreeSet<String>();
    for (Object each : list == null ? List.of() : (List<?>) list) {
      Map<?, ?> parameter = resolved(map(each));
      if (in.equals(parameter.get("in"))) {
        names.add(String.valueOf(parameter.get("name")));
      }
    }
    return names;
  }

  private Map<?, ?> resolved(Map<?, ?> parameter) {
    Object reference = parameter.get("$ref");
    if (reference == null) {
      return parameter;
    }
    String name = reference.toString().substring("#/components/parameters/".length());
    return map(map(map(description.get("components")).get("parameters")).get(name));
  }

  private static void collectReferences(@Nullable Object node, Set<String> into) {
    if (node instanceof Map<?, ?> map) {
      if (map.get("$ref") instanceof String reference) {
        into.add(reference);
      }
      new ArrayList<>(map.values()).forEach(each -> collectReferences(each, into));
    } else if (node instanceof List<?> list) {
      list.forEach(each -> collectReferences(each, into));
    }
  }

  private static Map<?, ?> map(@Nullable Object node) {
    return (Map<?, ?>) Objects.requireNonNull(node);
  }
}
