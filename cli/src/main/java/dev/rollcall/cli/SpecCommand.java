package dev.rollcall.cli;

import com.google.gson.JsonObject;
import dev.rollcall.client.LoadBalancing;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceSpec;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl spec}: what holds for services. */
@Command(
    name = "spec",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Lays down what holds for a service, whether it has instances or not: labels, the default",
      "time to live, a floor, how to choose among instances, and named subsets."
    },
    footer = {
      "",
      "Example:",
      "  registryctl spec put orders --default-ttl 15s --subset 'canary=\"canary\" in tags'",
      "  registryctl resolve orders --subset canary"
    },
    subcommands = {
      SpecCommand.PutCommand.class,
      SpecCommand.GetCommand.class,
      SpecCommand.DeleteCommand.class
    })
final class SpecCommand implements Runnable {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: put, get or delete");
  }

  private static OptionalLong expected(@Nullable Long revision) {
    return revision == null ? OptionalLong.empty() : OptionalLong.of(revision);
  }

  /** {@code registryctl spec put}. */
  @Command(
      name = "put",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {"Lays down a spec, all of it: what is not given here is not in it any more."})
  static final class PutCommand implements Callable<Integer> {
    @ParentCommand private SpecCommand parent = new SpecCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "Name of the service.")
    private String service = "";

    @Option(
        names = "--label",
        paramLabel = "KEY=VALUE",
        description = "A label; give it several times.")
    private Map<String, String> labels = new TreeMap<>();

    @Option(
        names = "--default-ttl",
        paramLabel = "DURATION",
        converter = Durations.class,
        description = "Time to live of registrations that name none, 1s to 24h; else 30s.")
    private @Nullable Duration defaultTtl;

    @Option(
        names = "--floor",
        paramLabel = "N",
        defaultValue = "0",
        description = "No lapsed lease takes the service below so many instances; 0 for no floor.")
    private int floor;

    @Option(
        names = "--load-balancing",
        paramLabel = "HINT",
        defaultValue = "UNSPECIFIED",
        description = "How callers should choose: ${COMPLETION-CANDIDATES}.")
    private LoadBalancing loadBalancing = LoadBalancing.UNSPECIFIED;

    @Option(
        names = "--subset",
        paramLabel = "NAME=EXPRESSION",
        description = "A part of the service, by a filter; give it several times.")
    private Map<String, String> subsets = new TreeMap<>();

    @Option(
        names = "--expect-revision",
        paramLabel = "REV",
        description = "Only in the place of the spec of this revision; 0 for none.")
    private @Nullable Long expectedRevision;

    @Override
    public Integer call() {
      var wanted =
          ServiceSpec.of(service)
              .withLabels(labels)
              .withFloor(floor)
              .withLoadBalancing(loadBalancing)
              .withSubsets(subsets);
      if (defaultTtl != null) {
        wanted = wanted.withDefaultTtl(defaultTtl);
      }
      try (RegistryClient client = parent.root.global().connect()) {
        ServiceSpec put = client.operations().putSpec(wanted, expected(expectedRevision));
        parent.root.print(
            spec, Json.spec(put), "spec of " + service + " is of revision " + put.modRevision());
        return ExitCode.OK.code();
      }
    }
  }

  /** {@code registryctl spec get}. */
  @Command(
      name = "get",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Prints a spec. Exits with 1 when there is none.")
  static final class GetCommand implements Callable<Integer> {
    @ParentCommand private SpecCommand parent = new SpecCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "Name of the service.")
    private String service = "";

    @ArgGroup private Freshness freshness = new Freshness();

    @Override
    public Integer call() {
      try (RegistryClient client = parent.root.global().connect()) {
        ServiceSpec found = client.operations().spec(service, freshness.level());
        PrintWriter out = spec.commandLine().getOut();
        if (parent.root.global().isJson()) {
          out.println(Json.text(Json.spec(found)));
          out.flush();
        } else {
          table(found).print(out);
        }
        return ExitCode.OK.code();
      }
    }

    private static Table table(ServiceSpec found) {
      var table =
          new Table("FIELD", "VALUE")
              .row("namespace", found.namespace())
              .row("service", found.service())
              .row("default ttl", found.defaultTtl().map(Durations::text).orElse("-"))
              .row("floor", found.floor())
              .row("load balancing", found.loadBalancing());
      found.labels().forEach((key, value) -> table.row("label " + key, value));
      found.subsets().forEach((name, filter) -> table.row("subset " + name, filter));
      return table
          .row("made at revision", found.createRevision())
          .row("changed at revision", found.modRevision());
    }
  }

  /** {@code registryctl spec delete}. */
  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Takes a spec back; instances stay. Exits with 1 when there is none.")
  static final class DeleteCommand implements Callable<Integer> {
    @ParentCommand private SpecCommand parent = new SpecCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "Name of the service.")
    private String service = "";

    @Option(
        names = "--expect-revision",
        paramLabel = "REV",
        description = "Only the spec of this revision.")
    private @Nullable Long expectedRevision;

    @Override
    public Integer call() {
      try (RegistryClient client = parent.root.global().connect()) {
        long revision = client.operations().deleteSpec(service, expected(expectedRevision));
        var json = new JsonObject();
        json.addProperty("service", service);
        json.addProperty("revision", revision);
        parent.root.print(
            spec, json, "deleted the spec of " + service + " at revision " + revision);
        return ExitCode.OK.code();
      }
    }
  }
}
