package dev.rollcall.chaos.haproxy;

import dev.rollcall.chaos.process.ChaosFailure;
import dev.rollcall.chaos.process.FreePorts;
import dev.rollcall.chaos.process.NodeCluster;
import dev.rollcall.cli.RegistryCtl;
import dev.rollcall.cli.lb.HaproxyRuntime;
import dev.rollcall.cli.lb.LoadBalancer;
import dev.rollcall.cli.lb.LoadBalancerException;
import dev.rollcall.cli.lb.Mode;
import dev.rollcall.cli.lb.Server;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * An unmodified HAProxy and the {@code registryctl} that feeds it, each a process. HAProxy repeats
 * no request by itself, so that every failure is seen. One thread.
 */
final class DrillBalancer implements AutoCloseable {
  static final String BACKEND = "shops";

  /** As docs/haproxy.md recommends. */
  private static final String SERVER_OPTIONS = "check inter 1s fall 2 rise 1";

  private static final String CONFIGURATION =
      """
      global
        stats socket SOCKET mode 600 level admin
      defaults
        mode http
        timeout connect 2s
        timeout client 60s
        timeout server 10s
        retries 0
      frontend drill
        bind 127.0.0.1:PORT
        http-after-response set-header x-server %[srv_name]
        default_backend BACKEND
      backend BACKEND
        balance roundrobin
      """;

  private final Process haproxy;
  private final Process registryctl;
  private final LoadBalancer runtime;
  private final Path output;
  private final int port;

  private DrillBalancer(Process haproxy, Process registryctl, Path directory, int port) {
    this.haproxy = haproxy;
    this.registryctl = registryctl;
    this.port = port;
    output = directory.resolve("registryctl.log");
    runtime = new HaproxyRuntime(socket(directory), "", "");
  }

  /** Where HAProxy is installed. */
  static Optional<Path> binary() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(Arrays.stream(path.split(File.pathSeparator)), Stream.of("/usr/sbin"))
        .map(folder -> Path.of(folder, "haproxy"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts both; does not wait. */
  static DrillBalancer start(Path directory, NodeCluster cluster, String service)
      throws IOException {
    Path binary = binary().orElseThrow(() -> new ChaosFailure("no haproxy is installed here"));
    int port = FreePorts.choose(1).getFirst();
    Path configuration = directory.resolve("haproxy.cfg");
    Files.writeString(
        configuration,
        CONFIGURATION
            .replace("SOCKET", socket(directory))
            .replace("PORT", Integer.toString(port))
            .replace("BACKEND", BACKEND));
    Process haproxy =
        new ProcessBuilder(binary.toString(), "-db", "-f", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("haproxy.log").toFile())
            .start();
    String endpoints = String.join(",", cluster.nodes().stream().map(cluster::endpoint).toList());
    Process registryctl =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RegistryCtl.class.getName(),
                "lb",
                "haproxy",
                "--endpoints=" + endpoints,
                "--socket=" + socket(directory),
                "--backend=" + BACKEND + "=" + service,
                "--server-options=" + SERVER_OPTIONS,
                "--summary=0s")
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(directory.resolve("registryctl.log").toFile()))
            .start();
    return new DrillBalancer(haproxy, registryctl, directory, port);
  }

  private static String socket(Path directory) {
    return directory.resolve("haproxy.sock").toString();
  }

  /** Where requests go. */
  URI address() {
    return URI.create("http://127.0.0.1:" + port + "/");
  }

  /** Which process of HAProxy answers. */
  String process() {
    try (LoadBalancer.Session session = runtime.open()) {
      return session.process();
    }
  }

  /** Waits until HAProxy's servers are so. */
  void awaitServers(Predicate<List<Server>> areSo) {
    long deadline = System.nanoTime() + NodeCluster.PATIENCE.toNanos();
    String last = "nothing";
    while (System.nanoTime() - deadline < 0) {
      requireAlive();
      try (LoadBalancer.Session session = runtime.open()) {
        List<Server> servers = session.servers(BACKEND);
        if (areSo.test(servers)) {
          return;
        }
        last = servers.toString();
      } catch (LoadBalancerException e) {
        last = String.valueOf(e.getMessage());
      }
    }
    throw new ChaosFailure("HAProxy is not as it should be: " + last);
  }

  /** How many get traffic. */
  static long ready(List<Server> servers) {
    return servers.stream().filter(it -> it.mode() == Mode.READY).count();
  }

  /** How many lines {@code registryctl} printed of changes it made. */
  long changes() throws IOException {
    try (Stream<String> lines = Files.lines(output)) {
      return lines.filter(it -> it.endsWith(")") && !it.startsWith("registryctl: ")).count();
    }
  }

  /**
   * Both must be running.
   *
   * @throws ChaosFailure when one has ended
   */
  void requireAlive() {
    if (!haproxy.isAlive() || !registryctl.isAlive()) {
      throw new ChaosFailure((haproxy.isAlive() ? "registryctl" : "HAProxy") + " has ended");
    }
  }

  @Override
  public void close() {
    registryctl.destroy();
    registryctl.onExit().join();
    haproxy.destroyForcibly();
    haproxy.onExit().join();
  }
}
