package dev.rollcall.cli;

import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryClientBuilder;
import dev.rollcall.client.RegistryException.InvalidRequest;
import java.time.Duration;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What every verb takes: where the registry is, how long to wait, how to print. */
final class GlobalOptions {
  /** How results are printed. */
  enum Format {
    /** For people. */
    table,
    /** For scripts: one JSON value, or one a line where things keep coming. */
    json
  }

  @Option(
      scope = ScopeType.INHERIT,
      names = "--endpoints",
      paramLabel = "HOST:PORT,...",
      defaultValue = "${env:ROLLCALL_ENDPOINTS:-127.0.0.1:7400}",
      description = {
        "Nodes to ask, any of them, or dns:NAME for those that DNS lists;",
        "ROLLCALL_ENDPOINTS, else 127.0.0.1:7400."
      })
  private String endpoints = "";

  @Option(
      scope = ScopeType.INHERIT,
      names = "--client-zone",
      paramLabel = "ZONE",
      defaultValue = "${env:ROLLCALL_CLIENT_ZONE:-}",
      description = {
        "Where this is run: nodes that DNS lists for the zone are asked first;",
        "ROLLCALL_CLIENT_ZONE, else none. Says nothing without dns:NAME."
      })
  private String zone = "";

  @Option(
      scope = ScopeType.INHERIT,
      names = "--namespace",
      paramLabel = "NAME",
      defaultValue = "${env:ROLLCALL_NAMESPACE:-default}",
      description = "Namespace of services; ROLLCALL_NAMESPACE, else default.")
  private String namespace = "";

  @Option(
      scope = ScopeType.INHERIT,
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} when not given.")
  private Format format = Format.table;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "5s",
      converter = Durations.class,
      description = "For each request, retries included; ${DEFAULT-VALUE} when not given.")
  private Duration timeout = Duration.ofSeconds(5);

  RegistryClient connect() {
    RegistryClientBuilder builder = RegistryClient.builder();
    try {
      builder.endpoints(endpoints);
    } catch (IllegalArgumentException e) {
      throw new InvalidRequest(Reason.INVALID_REQUEST, "--endpoints: " + e.getMessage());
    }
    try {
      return builder.zone(zone).namespace(namespace).callTimeout(timeout).build();
    } catch (IllegalArgumentException e) {
      throw new InvalidRequest(Reason.INVALID_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  String endpoints() {
    return endpoints;
  }

  Duration timeout() {
    return timeout;
  }

  boolean isJson() {
    return format == Format.json;
  }
}
