package dev.rollcall.demo;

import dev.rollcall.client.ServiceInstance;
import java.io.PrintStream;
import java.util.stream.Collectors;

/** The cluster, its services and the calls as they are now, drawn over itself on a terminal. */
final class LiveTable {
  private static final String HOME_AND_CLEAR = "\u001b[H\u001b[2J";

  private final Stage stage;
  private final PrintStream out;
  private final boolean redraws;

  LiveTable(Stage stage, PrintStream out, boolean redraws) {
    this.stage = stage;
    this.out = out;
    this.redraws = redraws;
  }

  void draw() {
    var text = new StringBuilder();
    if (redraws) {
      text.append(HOME_AND_CLEAR);
    }
    text.append("Rollcall: three nodes, three services, one caller. Ctrl-C stops them all.\n\n");
    nodes(text);
    instances(text);
    text.append(
        String.format(
            "%ncalls %,d, failed %,d; cache %s at revision %d%n%n",
            stage.traffic().total(),
            stage.traffic().failed(),
            stage.traffic().cache().state(),
            stage.traffic().cache().revision()));
    text.append("Try, in another terminal:\n");
    text.append("  export ROLLCALL_ENDPOINTS=").append(stage.cluster().endpoints()).append('\n');
    text.append("  bin/registryctl status\n");
    text.append("  bin/registryctl watch ").append(Stage.SERVICE).append('\n');
    text.append("  bin/registryctl register hello --endpoint http://127.0.0.1:8080\n");
    text.append("or kill -9 any of the processes. Their output: ");
    text.append(stage.directory()).append('\n');
    out.print(text);
    out.flush();
  }

  private void nodes(StringBuilder text) {
    text.append(
        String.format(
            "%-6s %-18s %-14s %6s %9s %9s  %s%n",
            "NODE", "CLIENTS", "ROLE", "TERM", "APPLIED", "REVISION", "DIGEST"));
    for (int node = 0; node < DemoCluster.NODES; node++) {
      var status = stage.cluster().status(stage.client(), node);
      String endpoint = stage.cluster().endpoint(node);
      if (status.isEmpty()) {
        text.append(String.format("%-6d %-18s %s%n", node + 1, endpoint, "down"));
        continue;
      }
      var now = status.get();
      text.append(
          String.format(
              "%-6d %-18s %-14s %6d %9d %9d  %.12s%n",
              node + 1,
              endpoint,
              now.role(),
              now.term(),
              now.appliedIndex(),
              now.revision(),
              now.stateDigest()));
    }
  }

  private void instances(StringBuilder text) {
    var calls = stage.traffic().byInstance();
    text.append(String.format("%n%-14s %-8s %-34s %9s%n", "INSTANCE", "STATUS", "AT", "CALLS"));
    for (ServiceInstance instance : stage.traffic().cache().instances()) {
      String where =
          instance.endpoints().stream()
              .map(endpoint -> endpoint.uri().toString())
              .collect(Collectors.joining(" "));
      text.append(
          String.format(
              "%-14s %-8s %-34s %,9d%n",
              instance.id(), instance.status(), where, calls.getOrDefault(instance.id(), 0L)));
    }
  }
}
