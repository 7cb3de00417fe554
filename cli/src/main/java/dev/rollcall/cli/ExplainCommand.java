package dev.rollcall.cli;

import dev.rollcall.client.Explanation;
import dev.rollcall.client.Finding;
import dev.rollcall.client.Locality;
import dev.rollcall.client.Lookup;
import dev.rollcall.client.RegistryClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl explain}: why an instance is, or is not, in the pool. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Says why an instance is, or is not, among those to which callers send traffic: all that has",
      "a say in it, with an x before what keeps it out. The options say how those callers look up.",
      "Exits with 1 when it is not among them."
    })
final class ExplainCommand implements Callable<Integer> {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private InstanceArguments instance = new InstanceArguments();

  @Option(
      names = "--filter",
      paramLabel = "EXPRESSION",
      defaultValue = "",
      description = "They want instances for which this holds.")
  private String filter = "";

  @Option(
      names = "--subset",
      paramLabel = "NAME",
      defaultValue = "",
      description = "They want this subset of the service's spec.")
  private String subset = "";

  @Option(
      names = "--endpoint",
      paramLabel = "NAME",
      defaultValue = "",
      description = "They need an endpoint of this name.")
  private String endpoint = "";

  @Option(names = "--region", defaultValue = "", description = "They are in this region.")
  private String region = "";

  @Option(names = "--zone", defaultValue = "", description = "They are in this zone.")
  private String zone = "";

  @Option(names = "--sub-zone", defaultValue = "", description = "They are in this sub-zone.")
  private String subZone = "";

  @ArgGroup private Freshness freshness = new Freshness();

  @Override
  public Integer call() {
    try (RegistryClient client = root.global().connect()) {
      Lookup pool =
          Lookup.of(instance.service())
              .withFilter(filter)
              .withSubset(subset)
              .withEndpoint(endpoint)
              .withNear(new Locality(region, zone, subZone))
              .withConsistency(freshness.level());
      Explanation explanation = client.explain(pool, instance.id());
      root.print(spec, Json.explanation(explanation), text(explanation));
      return explanation.isInPool() ? ExitCode.OK.code() : ExitCode.NOT_FOUND.code();
    }
  }

  private static String text(Explanation explanation) {
    var text = new StringBuilder(explanation.verdict());
    for (Finding finding : explanation.findings()) {
      text.append(System.lineSeparator())
          .append(finding.excludes() ? "  x " : "    ")
          .append(finding.sentence());
    }
    return text.toString();
  }
}
