package dev.rollcall.cli;

import dev.rollcall.client.Locality;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.Standing;
import dev.rollcall.client.StatusCause;
import dev.rollcall.client.StatusOverride;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Mixin private InstanceArguments named = new InstanceArguments();
  @ArgGroup private Freshness freshness = new Freshness();

  @Override
  public Integer call() {
    try (RegistryClient client = root.global().connect()) {
      ServiceInstance instance = client.instance(named.service(), named.id(), freshness.level());
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
        .row("status", status(instance))
        .row("lifecycle", lifecycle(instance.standing()))
        .row("override", instance.standing().override().map(GetCommand::override).orElse("-"))
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

  /** What it says, and what to go by when that differs. */
  private static String status(ServiceInstance instance) {
    var standing = instance.standing();
    String effective =
        standing.cause() == StatusCause.REPORTED
            ? ""
            : ", effectively %s (%s)".formatted(instance.effectiveStatus(), standing.cause());
    return instance.status() + effective;
  }

  private static String lifecycle(Standing standing) {
    return standing.lifecycle()
        + standing.drainDeadline().map(deadline -> " until " + deadline).orElse("")
        + (standing.isSuspect() ? ", suspect" : "");
  }

  private static String override(StatusOverride override) {
    return "%s by %s%s%s"
        .formatted(
            override.status(),
            override.actor(),
            override.expires().map(end -> " until " + end).orElse(""),
            override.reason().isEmpty() ? "" : ": " + override.reason());
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
