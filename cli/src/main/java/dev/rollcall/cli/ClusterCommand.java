package dev.rollcall.cli;

import com.google.gson.JsonObject;
import dev.rollcall.cli.StatusCommand.Row;
import dev.rollcall.client.FeatureLevelRaised;
import dev.rollcall.client.NodeStatus;
import dev.rollcall.client.RegistryClient;
import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl cluster}: what the members agree on. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "What the members of the cluster agree on.",
    subcommands = ClusterCommand.FeatureLevel.class)
final class ClusterCommand implements Runnable {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: feature-level");
  }

  /** {@code registryctl cluster feature-level}. */
  @Command(
      name = "feature-level",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Shows the feature level that the cluster has agreed on, and the highest that each"
            + " member's",
        "software knows. Exits with 3 when no member answers."
      },
      subcommands = Raise.class)
  static final class FeatureLevel implements Callable<Integer> {
    @ParentCommand private ClusterCommand parent = new ClusterCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      try (RegistryClient client = parent.root.global().connect()) {
        List<Row> rows = StatusCommand.ask(client);
        // It only rises: who says more has heard more.
        OptionalInt agreed =
            rows.stream()
                .flatMap(row -> row.status().stream())
                .mapToInt(NodeStatus::featureLevel)
                .max();
        print(rows, agreed);
        return agreed.isPresent() ? ExitCode.OK.code() : ExitCode.UNAVAILABLE.code();
      }
    }

    private void print(List<Row> rows, OptionalInt agreed) {
      PrintWriter out = spec.commandLine().getOut();
      if (parent.root.global().isJson()) {
        var json = new JsonObject();
        agreed.ifPresent(level -> json.addProperty("agreed", level));
        json.add("members", Json.array(rows, FeatureLevel::json));
        out.println(Json.text(json));
        out.flush();
        return;
      }
      out.println("agreed: " + (agreed.isPresent() ? agreed.getAsInt() : "-"));
      var table = new Table("NODE", "CLIENTS", "VERSION", "KNOWS");
      for (Row row : rows) {
        table.row(
            row.member().nodeId(),
            row.member().clientAddress(),
            row.status().map(NodeStatus::version).orElse("unreachable"),
            row.status().map(status -> "" + status.featureLevelSupported()).orElse("-"));
      }
      table.print(out);
    }

    private static JsonObject json(Row row) {
      var json = new JsonObject();
      json.addProperty("nodeId", row.member().nodeId());
      json.addProperty("clientAddress", row.member().clientAddress());
      json.addProperty("reachable", row.status().isPresent());
      row.status()
          .ifPresent(status -> {
            json.addProperty("version", status.version());
            json.addProperty("knows", status.featureLevelSupported());
          });
      return json;
    }
  }

  /** {@code registryctl cluster feature-level raise}. */
  @Command(
      name = "raise",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Raises the level, once every member says that it knows it. It never goes down: from then",
        "on no member can go back to a version that does not know it. May be repeated."
      })
  static final class Raise implements Callable<Integer> {
    @ParentCommand private FeatureLevel parent = new FeatureLevel();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "LEVEL",
        description = "The level; by default the highest that the leader's version knows.")
    private @Nullable Integer level;

    @Override
    public Integer call() {
      Integer wanted = level;
      if (wanted != null && wanted < 1) {
        throw new ParameterException(spec.commandLine(), "levels begin with 1, not " + wanted);
      }
      RegistryCtl root = parent.parent.root;
      try (RegistryClient client = root.global().connect()) {
        FeatureLevelRaised raised =
            client.raiseFeatureLevel(wanted == null ? OptionalInt.empty() : OptionalInt.of(wanted));
        var json = new JsonObject();
        json.addProperty("agreed", raised.level());
        json.addProperty("already", raised.already());
        root.print(
            spec,
            json,
            "the feature level "
                + (raised.already() ? "was already " : "is now ")
                + raised.level());
        return ExitCode.OK.code();
      }
    }
  }
}
