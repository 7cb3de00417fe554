package dev.rollcall.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.rollcall.client.Member;
import dev.rollcall.client.NodeStatus;
import dev.rollcall.client.RegistryClient;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl status}: what each node says of itself. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows what each member says of itself. Nodes at the same applied index have the same",
      "digest. Exits with 3 when no member leads."
    })
final class StatusCommand implements Callable<Integer> {
  private static final int DIGEST_CHARACTERS = 12;
  private static final int ID_CHARACTERS = 8;

  /** A member, and what it says of itself if it answers. */
  record Row(Member member, Optional<NodeStatus> status) {}

  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    try (RegistryClient client = root.global().connect()) {
      List<Row> rows = ask(client);
      PrintWriter out = spec.commandLine().getOut();
      if (root.global().isJson()) {
        out.println(Json.text(json(rows)));
        out.flush();
      } else {
        table(rows).print(out);
      }
      boolean leads =
          rows.stream()
              .flatMap(row -> row.status.stream())
              .anyMatch(status -> status.leaderId().equals(status.nodeId()));
      return leads ? ExitCode.OK.code() : ExitCode.UNAVAILABLE.code();
    }
  }

  static List<Row> ask(RegistryClient client) {
    List<CompletableFuture<Row>> asked =
        client.members().stream()
            .map(member ->
                client
                    .statusAsync(member.clientAddress())
                    .handle((status, failure) -> new Row(member, Optional.ofNullable(status))))
            .toList();
    return asked.stream().map(CompletableFuture::join).toList();
  }

  private static JsonArray json(List<Row> rows) {
    return Json.array(
        rows,
        row -> {
          JsonObject json = row.status.map(Json::status).orElseGet(JsonObject::new);
          json.addProperty("nodeId", row.member.nodeId());
          json.addProperty("clientAddress", row.member.clientAddress());
          json.addProperty("reachable", row.status.isPresent());
          return json;
        });
  }

  private static Table table(List<Row> rows) {
    var table =
        new Table(
            "NODE", "CLIENTS", "ROLE", "TERM", "REVISION", "APPLIED", "DIGEST", "INSTANCES", "LAG");
    for (Row row : rows) {
      String id = row.member.nodeId().substring(0, ID_CHARACTERS);
      if (row.status.isEmpty()) {
        table.row(id, row.member.clientAddress(), "unreachable", "-", "-", "-", "-", "-", "-");
        continue;
      }
      NodeStatus status = row.status.get();
      table.row(
          id,
          row.member.clientAddress(),
          status.role(),
          status.term(),
          status.revision(),
          status.appliedIndex(),
          status.stateDigest().substring(0, DIGEST_CHARACTERS),
          status.instances(),
          status.lag().toMillis() + "ms");
    }
    return table;
  }
}
