package dev.rollcall.cli;

import dev.rollcall.client.Locality;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceInstance;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl get}: one instance, with all that is known of it. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Prints one instance with all that is known of it.",
      "Sees every write acknowledged before, unless less is asked for. Exits with 1 when there",
      "is no such instance."
    })
final class GetCommand implements Callable<Integer> {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "SERVICE", description = "Name of the service.")
  private String service = "";

  @Parameters(index = "1", paramLabel = "ID", description = "Id of the instance.")
  private String id = "";

  @ArgGroup private Freshness freshness = new Freshness();

  @Override
  public Integer call() {
    try (RegistryClient client = root.global().connect()) {
      ServiceInstance instance = client.instance(service, id, freshness.level());
      PrintWriter out = spec.commandLine().getOut();
      if (root.global().isJson()) {
        out.println(Json.text(Json.instance(instance)));
        out.flush();
      } else {
        table(instance).print(out);
      }
      return ExitCode.OK.code();
    }
  }

  private static Table table(ServiceInstance instance) {
    var registered = instance.registered();
    return new Table("FIELD", "VALUE")
        .row("namespace", instance.namespace())
        .row("service", instance.service())
        .row("id", instance.id())
        .row("status", instance.status())
        .row("endpoints", Table.endpoints(instance))
        .row("weight", instance.weight())
        .row("version", shown(instance.version()))
        .row("locality", shown(locality(instance.locality())))
        .row("tags", shown(String.join(" ", instance.tags())))
        .row("metadata", shown(pairs(instance.metadata())))
        .row("incarnation", registered.incarnation())
        .row("lease", registered.leaseId())
        .row("made at revision", registered.createRevision())
        .row("changed at revision", registered.modRevision());
  }

  private static String locality(Locality locality) {
    return Stream.of(locality.region(), locality.zone(), locality.subZone())
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("/"));
  }

  private static String pairs(Map<String, String> metadata) {
    return metadata.entrySet().stream()
        .map(pair -> pair.getKey() + "=" + pair.getValue())
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private static String shown(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
