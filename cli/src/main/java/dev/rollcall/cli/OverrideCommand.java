package dev.rollcall.cli;

import com.google.gson.JsonObject;
import dev.rollcall.client.InstanceOverride;
import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.OverrideOrigin;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.StatusOverride;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl override}: what operators say of instances. */
@Command(
    name = "override",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Says of an instance what it does not say of itself. An override can be set before the",
      "instance registers, and it is still there when the instance registers again."
    },
    footer = {
      "",
      "Example:",
      "  registryctl override set orders i-7 OUT_OF_SERVICE --reason 'bad disk' --for 2h"
    },
    subcommands = {
      OverrideCommand.SetCommand.class,
      OverrideCommand.ClearCommand.class,
      OverrideCommand.ListCommand.class
    })
final class OverrideCommand implements Runnable {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: set, clear or list");
  }

  /** {@code registryctl override set}. */
  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Sets an override, in the place of one that is there.")
  static final class SetCommand implements Callable<Integer> {
    @ParentCommand private OverrideCommand parent = new OverrideCommand();
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private InstanceArguments instance = new InstanceArguments();

    @Parameters(
        index = "2",
        paramLabel = "STATUS",
        description = "UP, STARTING, DOWN or OUT_OF_SERVICE.")
    private InstanceStatus status = InstanceStatus.OUT_OF_SERVICE;

    @Option(
        names = "--actor",
        defaultValue = "${sys:user.name}",
        description = "Who says so; by default who is logged in here.")
    private String actor = "";

    @Option(names = "--reason", defaultValue = "", description = "Why.")
    private String reason = "";

    @Option(
        names = "--for",
        paramLabel = "DURATION",
        converter = Durations.class,
        description = "Ends by itself after this long, 1s to 8784h; by default never.")
    private @Nullable Duration ttl;

    @Override
    public Integer call() {
      if (status == InstanceStatus.UNKNOWN) {
        throw new ParameterException(
            spec.commandLine(), "STATUS must be UP, STARTING, DOWN or OUT_OF_SERVICE");
      }
      try (RegistryClient client = parent.root.global().connect()) {
        StatusOverride set =
            client
                .operations()
                .setOverride(
                    instance.service(),
                    instance.id(),
                    status,
                    new OverrideOrigin(actor, reason),
                    Optional.ofNullable(ttl));
        String until = set.expires().map(end -> " until " + end).orElse("");
        parent.root.print(
            spec,
            Json.override(set),
            instance.service() + "/" + instance.id() + " is " + set.status() + until);
        return ExitCode.OK.code();
      }
    }
  }

  /** {@code registryctl override clear}. */
  @Command(
      name = "clear",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Takes an override back. Exits with 1 when there is none.")
  static final class ClearCommand implements Callable<Integer> {
    @ParentCommand private OverrideCommand parent = new OverrideCommand();
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private InstanceArguments instance = new InstanceArguments();

    @Override
    public Integer call() {
      try (RegistryClient client = parent.root.global().connect()) {
        boolean existed = client.operations().clearOverride(instance.service(), instance.id());
        var json = new JsonObject();
        json.addProperty("existed", existed);
        String name = instance.service() + "/" + instance.id();
        parent.root.print(
            spec, json, existed ? "cleared the override of " + name : "no override of " + name);
        return existed ? ExitCode.OK.code() : ExitCode.NOT_FOUND.code();
      }
    }
  }

  /** {@code registryctl override list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Lists the overrides of the namespace, in order of service and instance.")
  static final class ListCommand implements Callable<Integer> {
    @ParentCommand private OverrideCommand parent = new OverrideCommand();
    @Spec private CommandSpec spec = CommandSpec.create();
    @ArgGroup private Freshness freshness = new Freshness();

    @Override
    public Integer call() {
      try (RegistryClient client = parent.root.global().connect()) {
        List<InstanceOverride> overrides = client.operations().overrides(freshness.level());
        PrintWriter out = spec.commandLine().getOut();
        if (parent.root.global().isJson()) {
          out.println(Json.text(Json.array(overrides, Json::instanceOverride)));
          out.flush();
          return ExitCode.OK.code();
        }
        var table = new Table("SERVICE", "ID", "STATUS", "ACTOR", "UNTIL", "REASON");
        for (InstanceOverride each : overrides) {
          var override = each.override();
          table.row(
              each.service(),
              each.instanceId(),
              override.status(),
              override.actor(),
              override.expires().map(Object::toString).orElse("-"),
              override.reason().isEmpty() ? "-" : override.reason());
        }
        table.print(out);
        return ExitCode.OK.code();
      }
    }
  }
}
