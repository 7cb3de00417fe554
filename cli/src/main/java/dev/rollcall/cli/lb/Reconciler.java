package dev.rollcall.cli.lb;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The steps from the servers that a backend has to those it should have. Pure. What gives traffic
 * comes before what takes it, so that no step leaves less than both before and after.
 */
final class Reconciler {
  private Reconciler() {}

  /**
   * The steps, none when all is as it should be.
   *
   * @param desired what should be there
   * @param shown what is there of ours; others' servers are none of our business
   * @param mayEmpty whether it is sure that nobody serves, if it is so. If not, what serves goes on
   *     serving as long as nobody else would
   */
  static List<Step> steps(DesiredServers desired, List<Server> shown, boolean mayEmpty) {
    Map<ServerKey, Server> there = byKey(shown);
    Map<ServerKey, Server> wanted = byKey(desired.servers());
    var giving = new ArrayList<Step>();
    var taking = new ArrayList<Step>();
    var removing = new ArrayList<Step>();
    for (Server server : desired.servers()) {
      Server now = there.get(server.key());
      if (now == null) {
        giving.add(new Step.Add(server));
      } else {
        change(now, server, giving, taking);
      }
    }
    for (Server server : shown) {
      if (!wanted.containsKey(server.key()) && !desired.unresolved().contains(server.key())) {
        if (server.mode() != Mode.MAINTENANCE) {
          taking.add(new Step.Switch(server.key(), Mode.MAINTENANCE));
        }
        removing.add(new Step.Remove(server.key()));
      }
    }
    if (!mayEmpty && desired.servers().stream().noneMatch(Server::isServing)) {
      Predicate<Step> isOfServing = step -> isServing(there.get(step.key()));
      taking.removeIf(isOfServing);
      removing.removeIf(isOfServing);
    }
    giving.addAll(taking);
    giving.addAll(removing);
    return giving;
  }

  private static void change(Server now, Server wanted, List<Step> giving, List<Step> taking) {
    if (!now.address().equals(wanted.address()) || now.port() != wanted.port()) {
      giving.add(new Step.Move(wanted.key(), wanted.address(), wanted.port()));
    }
    if (now.weight() != wanted.weight()) {
      List<Step> steps = wanted.weight() == 0 ? taking : giving;
      steps.add(new Step.Weigh(wanted.key(), wanted.weight()));
    }
    if (now.mode() != wanted.mode()) {
      List<Step> steps = wanted.mode() == Mode.READY ? giving : taking;
      steps.add(new Step.Switch(wanted.key(), wanted.mode()));
    }
  }

  private static boolean isServing(@Nullable Server server) {
    return server != null && server.isServing();
  }

  private static Map<ServerKey, Server> byKey(List<Server> servers) {
    return servers.stream().collect(Collectors.toMap(Server::key, Function.identity()));
  }
}
