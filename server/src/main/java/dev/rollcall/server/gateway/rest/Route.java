package dev.rollcall.server.gateway.rest;

import dev.rollcall.server.gateway.http.HttpAnswer;
import dev.rollcall.server.gateway.http.HttpCall;
import dev.rollcall.server.gateway.http.HttpRefusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A method and a path, and what they do.
 *
 * @param template the path's segments; one in braces stands for any, and names it
 * @param parameters of the query; others are refused, as a filter that is misspelled would
 *     otherwise let everything pass
 */
record Route(String method, List<String> template, Set<String> parameters, Handling handling) {
  /** What a route does. */
  @FunctionalInterface
  interface Handling {
    /**
     * Answers.
     *
     * @param variables what stands in the path for what the template has in braces
     */
    HttpAnswer answer(HttpCall call, Map<String, String> variables);
  }

  /** As {@code GET /v1/services/{service}} with its parameters. */
  static Route of(String method, String path, Set<String> parameters, Handling handling) {
    return new Route(method, List.of(path.substring(1).split("/", -1)), parameters, handling);
  }

  /** The variables of the path, when it is one of this route. */
  Optional<Map<String, String>> match(List<String> path) {
    if (path.size() != template.size()) {
      return Optional.empty();
    }
    var variables = new LinkedHashMap<String, String>();
    for (int i = 0; i < path.size(); i++) {
      String expected = template.get(i);
      if (expected.startsWith("{")) {
        variables.put(expected.substring(1, expected.length() - 1), path.get(i));
      } else if (!expected.equals(path.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(variables);
  }

  /** Answers a call whose path and method are those of this route. */
  HttpAnswer answer(HttpCall call, Map<String, String> variables) {
    for (String name : call.queries().keySet()) {
      if (!parameters.contains(name)) {
        throw HttpRefusal.invalid(
            "no parameter '%s' here; there are %s".formatted(name, new TreeSet<>(parameters)));
      }
    }
    return handling.answer(call, variables);
  }

  /** As it was given. */
  String path() {
    return "/" + String.join("/", template);
  }
}
