package dev.rollcall.cli.lb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A backend that does what it is told and refuses what HAProxy would refuse. */
final class FakeBackend {
  private final Map<ServerKey, Server> servers = new LinkedHashMap<>();

  FakeBackend(List<Server> servers) {
    servers.forEach(it -> this.servers.put(it.key(), it));
  }

  List<Server> servers() {
    return List.copyOf(servers.values());
  }

  Set<ServerKey> serving() {
    return servers.values().stream()
        .filter(Server::isServing)
        .map(Server::key)
        .collect(Collectors.toSet());
  }

  void takeAll(List<Step> steps) {
    steps.forEach(this::take);
  }

  /** False when it has to be put off. */
  boolean take(Step step) {
    Server now = servers.get(step.key());
    if (step instanceof Step.Add(Server added)) {
      assertThat(now).as("already there: %s", step).isNull();
      servers.put(added.key(), added);
      return true;
    }
    if (now == null) {
      return false;
    }
    switch (step) {
      case Step.Add add -> throw new AssertionError("handled above");
      case Step.Move(var key, var address, var port) ->
          servers.put(key, new Server(key, address, port, now.weight(), now.mode()));
      case Step.Weigh(var key, var weight) ->
          servers.put(key, new Server(key, now.address(), now.port(), weight, now.mode()));
      case Step.Switch(var key, var mode) ->
          servers.put(key, new Server(key, now.address(), now.port(), now.weight(), mode));
      case Step.Remove(var key) -> {
        if (now.mode() != Mode.MAINTENANCE) {
          return false;
        }
        servers.remove(key);
      }
    }
    return true;
  }
}
