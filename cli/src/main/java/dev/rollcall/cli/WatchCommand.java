package dev.rollcall.cli;

import com.google.gson.JsonObject;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.cache.CacheChange;
import dev.rollcall.client.cache.CacheState;
import dev.rollcall.client.cache.ServiceCache;
import dev.rollcall.client.changes.ChangeQuery;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl watch}: a service as it changes. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Prints the instances of a service, and then what changes, until it is stopped. With --exec",
      "runs a program instead, once at the start and at every change, with the JSON of resolve on",
      "its input. Changes during a run are joined into the next one. While the registry is out of",
      "reach an empty set is never shown.",
      "With --from, --prefix or --previous it prints every single change instead, in order, and",
      "exits with 7 when those asked for are not kept any more."
    })
final class WatchCommand implements Callable<Integer> {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "SERVICE", description = "Name of the service.")
  private String service = "";

  @Option(
      names = "--exec",
      paramLabel = "CMD",
      description = "A command for the shell, run at every change.")
  private @Nullable String command;

  @Option(
      names = "--filter",
      paramLabel = "EXPRESSION",
      defaultValue = "",
      description = "Only instances for which this holds, such as 'meta.env == prod'.")
  private String filter = "";

  @Option(names = "--prefix", description = "All services whose names begin with SERVICE.")
  private boolean isPrefix;

  @Mixin private ChangeOptions changes = new ChangeOptions();

  @Override
  public Integer call() throws InterruptedException {
    if (isPrefix || changes.isGiven()) {
      if (command != null) {
        throw new ParameterException(
            spec.commandLine(), "--exec excludes --from, --prefix and --previous");
      }
      ChangeQuery query = isPrefix ? ChangeQuery.services(service) : ChangeQuery.service(service);
      return changes.follow(query.withFilter(filter), root.global(), spec).code();
    }
    try (RegistryClient client = root.global().connect()) {
      ServiceCache cache = client.cache(service, filter);
      if (command != null) {
        new ExecOnChange(command, cache, client.namespace(), spec.commandLine().getErr()).run();
      } else {
        show(cache);
      }
      return ExitCode.OK.code();
    }
  }

  private void show(ServiceCache cache) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    cache.onStateChange(state -> describe(state).ifPresent(err::println));
    cache.addListener(change -> print(change, out));
    new CountDownLatch(1).await(); // until somebody stops the process
  }

  private void print(CacheChange change, PrintWriter out) {
    print("added", change.added(), change.revision(), out);
    print("updated", change.updated(), change.revision(), out);
    print("removed", change.removed(), change.revision(), out);
    out.flush();
  }

  private void print(String what, List<ServiceInstance> instances, long revision, PrintWriter out) {
    for (ServiceInstance instance : instances) {
      if (root.global().isJson()) {
        var json = new JsonObject();
        json.addProperty("event", what);
        json.addProperty("revision", revision);
        json.add("instance", Json.instance(instance));
        out.println(Json.text(json));
      } else {
        out.printf(
            "%-8s %-24s %-14s %s  (revision %d)%n",
            what, instance.id(), instance.status(), Table.endpoints(instance), revision);
      }
    }
  }

  private static Optional<String> describe(CacheState state) {
    return switch (state) {
      case CacheState.Live live -> Optional.of("registryctl: up to date");
      case CacheState.Degraded degraded ->
          Optional.of(
              "registryctl: may be out of date since "
                  + degraded.since()
                  + ": "
                  + degraded.cause());
      case CacheState.Empty empty ->
          empty.cause().isEmpty()
              ? Optional.empty()
              : Optional.of("registryctl: nothing yet: " + empty.cause());
    };
  }
}
