package dev.rollcall.cli;

import dev.rollcall.client.Endpoint;
import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.Locality;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.registration.Registration;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl register}: registers an instance and keeps it alive. */
@Command(
    name = "register",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Registers an instance and keeps it alive until it is stopped, then deregisters it.",
      "With a program after --, the instance lives as long as the program, and the exit code",
      "is the program's."
    },
    footer = {
      "",
      "Examples:",
      "  registryctl register orders --id orders-1 --endpoint http://10.0.0.7:8080",
      "  registryctl register orders --endpoint http://10.0.0.7:8080 -- ./orders --port 8080"
    })
final class RegisterCommand implements Callable<Integer> {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "SERVICE", description = "Name of the service.")
  private String service = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "-- CMD",
      description = "A program to run, with its arguments.")
  private List<String> program = new ArrayList<>();

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "Id of the instance; host:port of its first endpoint when not given.")
  private String id = "";

  @Option(
      names = "--endpoint",
      required = true,
      paramLabel = "[NAME=]PROTO://HOST:PORT",
      description = "Where it is reached; up to 16 of them.")
  private List<String> endpoints = new ArrayList<>();

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = Durations.class,
      description = "How long it stays after it fell silent, 1s to 24h; ${DEFAULT-VALUE}.")
  private Duration ttl = Duration.ofSeconds(10);

  @Option(names = "--meta", paramLabel = "KEY=VALUE", description = "Metadata; up to 64 pairs.")
  private Map<String, String> metadata = new TreeMap<>();

  @Option(names = "--tag", paramLabel = "TAG", description = "A tag; up to 64 of them.")
  private List<String> tags = new ArrayList<>();

  @Option(names = "--weight", paramLabel = "0-65535", defaultValue = "100")
  private int weight;

  @Option(
      names = "--service-version",
      paramLabel = "VERSION",
      defaultValue = "",
      description = "Version of the software that runs.")
  private String version = "";

  @Option(
      names = "--locality",
      paramLabel = "REGION[/ZONE[/SUBZONE]]",
      defaultValue = "",
      description = "Where it runs.")
  private String locality = "";

  @Option(
      names = "--status",
      defaultValue = "UP",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} when not given.")
  private InstanceStatus status = InstanceStatus.UP;

  @Option(names = "--once", description = "Registers and leaves it to its TTL.")
  private boolean once;

  @Option(
      names = "--lease",
      paramLabel = "LEASE",
      description = {
        "Registers under this lease and leaves it to whoever keeps that;",
        "see 'lease grant'."
      })
  private Optional<Long> lease = Optional.empty();

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (!program.isEmpty() && (once || lease.isPresent())) {
      throw new ParameterException(
          spec.commandLine(), (once ? "--once" : "--lease") + " and a program exclude each other");
    }
    ServiceInstance instance = describe();
    try (RegistryClient client = root.global().connect()) {
      if (lease.isPresent()) {
        report(client.registerUnder(lease.get(), instance));
        return ExitCode.OK.code();
      }
      if (once) {
        report(client.registerOnce(instance, ttl));
        return ExitCode.OK.code();
      }
      return keepAlive(client, instance);
    }
  }

  private int keepAlive(RegistryClient client, ServiceInstance instance)
      throws InterruptedException, IOException {
    var stop = StopSignal.install();
    try {
      int code =
          program.isEmpty()
              ? keep(client, instance, stop)
              : keepWhileRunning(client, instance, stop);
      stop.over(code);
      return code;
    } finally {
      stop.failed();
    }
  }

  private int keep(RegistryClient client, ServiceInstance instance, StopSignal stop)
      throws InterruptedException {
    try (Registration registration = client.registerAndWait(instance, ttl)) {
      report(registration.instance());
      stop.await();
    }
    return ExitCode.OK.code();
  }

  private int keepWhileRunning(RegistryClient client, ServiceInstance instance, StopSignal stop)
      throws InterruptedException, IOException {
    Registration registration = client.registerAndWait(instance, ttl);
    try {
      Process process = new ProcessBuilder(program).inheritIO().start();
      // Whoever stops us means the program; we follow when it has ended and is deregistered.
      stop.react(process::destroy);
      return process.waitFor();
    } finally {
      registration.close();
    }
  }

  private void report(ServiceInstance instance) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        root.global().isJson()
            ? Json.text(Json.instance(instance))
            : "registered " + instance.service() + "/" + instance.id());
    out.flush();
  }

  private ServiceInstance describe() {
    var builder = ServiceInstance.builder(service).weight(weight).version(version).status(status);
    if (!id.isEmpty()) {
      builder.id(id);
    }
    endpoints.forEach(text -> builder.endpoint(endpoint(text)));
    metadata.forEach(builder::metadata);
    tags.forEach(builder::tag);
    builder.locality(parseLocality());
    return builder.build();
  }

  private Endpoint endpoint(String text) {
    try {
      int equals = text.indexOf('=');
      if (equals < 0) {
        return Endpoint.parse(text);
      }
      Endpoint bare = Endpoint.parse(text.substring(equals + 1));
      return new Endpoint(
          text.substring(0, equals), bare.protocol(), bare.host(), bare.port(), bare.tls());
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--endpoint: " + e.getMessage());
    }
  }

  private Locality parseLocality() {
    String[] parts = locality.split("/", -1);
    if (parts.length > 3) {
      throw new ParameterException(
          spec.commandLine(), "--locality is REGION[/ZONE[/SUBZONE]]: " + locality);
    }
    return new Locality(
        parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
  }
}
