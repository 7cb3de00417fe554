package dev.rollcall.cli;

import dev.rollcall.client.Locality;
import dev.rollcall.client.Lookup;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ResolvedService;
import dev.rollcall.client.ServiceInstance;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl resolve}: the instances of a service. */
@Command(
    name = "resolve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Prints the instances of a service, in order of id, whatever their status, unless less or",
      "another order is asked for.",
      "Sees every write acknowledged before, unless less is asked for. Exits with 1 when there",
      "is no instance."
    })
final class ResolveCommand implements Callable<Integer> {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "SERVICE", description = "Name of the service.")
  private String service = "";

  @Option(
      names = "--filter",
      paramLabel = "EXPRESSION",
      defaultValue = "",
      description = {
        "Only instances for which this holds, such as",
        "'meta.env == prod and \"v2\" in tags and semver(version) >= 2.3'."
      })
  private String filter = "";

  @Option(
      names = "--subset",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only instances of this subset of the service's spec.")
  private String subset = "";

  @Option(names = "--healthy", description = "Only instances that are to get traffic.")
  private boolean isHealthyOnly;

  @Option(
      names = "--endpoint",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only instances that have an endpoint of this name.")
  private String endpoint = "";

  @Option(
      names = "--region",
      defaultValue = "",
      description = "Where the caller is: instances of its region come first.")
  private String region = "";

  @Option(
      names = "--zone",
      defaultValue = "",
      description = "Likewise: those of its zone come before those of its region.")
  private String zone = "";

  @Option(
      names = "--sub-zone",
      defaultValue = "",
      description = "Likewise: those of its sub-zone come before those of its zone.")
  private String subZone = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "At most so many instances, the first of the order.")
  private int limit;

  @ArgGroup private Freshness freshness = new Freshness();

  @Override
  public Integer call() {
    try (RegistryClient client = root.global().connect()) {
      ResolvedService resolved = client.resolve(lookup());
      if (!resolved.isOneRevision()) {
        spec.commandLine()
            .getErr()
            .println(
                "registryctl: the service changed while it was read: not all is of one moment");
      }
      if (resolved.isGuarded()) {
        spec.commandLine()
            .getErr()
            .println("registryctl: the guard is engaged: who is suspect may be gone");
      }
      PrintWriter out = spec.commandLine().getOut();
      if (root.global().isJson()) {
        out.println(Json.text(Json.resolved(resolved, client.namespace())));
        out.flush();
      } else {
        table(resolved).print(out);
      }
      return resolved.instances().isEmpty() ? ExitCode.NOT_FOUND.code() : ExitCode.OK.code();
    }
  }

  private Lookup lookup() {
    var near = new Locality(region, zone, subZone);
    return new Lookup(
        service, filter, subset, isHealthyOnly, endpoint, near, limit, freshness.level());
  }

  private static String status(ServiceInstance instance) {
    var standing = instance.standing();
    return instance.effectiveStatus() + (standing.isSuspect() ? ", suspect" : "");
  }

  private static Table table(ResolvedService resolved) {
    var table = new Table("ID", "STATUS", "ENDPOINTS", "WEIGHT", "VERSION", "ZONE", "REVISION");
    for (ServiceInstance instance : resolved.instances()) {
      table.row(
          instance.id(),
          status(instance),
          Table.endpoints(instance),
          instance.weight(),
          instance.version().isEmpty() ? "-" : instance.version(),
          instance.locality().zone().isEmpty() ? "-" : instance.locality().zone(),
          instance.registered().modRevision());
    }
    return table;
  }
}
