package dev.rollcall.demo;

import dev.rollcall.client.RegistryClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that the quickstart starts, in the order of starting; closing it stops all of it and nothing
 * else.
 */
final class Stage implements AutoCloseable {
  static final String SERVICE = "greeter";
  static final Duration TTL = Duration.ofSeconds(5);
  static final int SERVICES = 3;

  private final Path directory;
  private final DemoCluster cluster;
  private final RegistryClient client;
  private final Traffic traffic;
  private final List<Optional<ChildProcess>> services = new ArrayList<>();
  private boolean closed;

  Stage(Path home) {
    try {
      directory = Files.createTempDirectory("rollcall-quickstart-");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary directory", e);
    }
    cluster = new DemoCluster(home, directory);
    client =
        RegistryClient.builder()
            .endpoints(cluster.endpoints())
            .callTimeout(Duration.ofSeconds(10))
            .build();
    traffic = new Traffic(client, SERVICE);
    for (int service = 0; service < SERVICES; service++) {
      services.add(Optional.empty());
    }
  }

  Path directory() {
    return directory;
  }

  DemoCluster cluster() {
    return cluster;
  }

  RegistryClient client() {
    return client;
  }

  Traffic traffic() {
    return traffic;
  }

  static String instanceId(int service) {
    return SERVICE + "-" + (service + 1);
  }

  void startNodes() {
    for (int node = 0; node < DemoCluster.NODES; node++) {
      cluster.start(node);
    }
  }

  void startService(int service) {
    String id = instanceId(service);
    var command =
        List.of(
            ChildProcess.java(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            DemoService.class.getName(),
            "--endpoints=" + cluster.endpoints(),
            "--service=" + SERVICE,
            "--id=" + id,
            "--ttl-millis=" + TTL.toMillis());
    services.set(service, Optional.of(ChildProcess.start(command, directory.resolve(id + ".log"))));
  }

  void killService(int service) {
    services.get(service).ifPresent(ChildProcess::kill);
  }

  /** Stops everything; what the processes wrote is removed unless {@code keep} was asked for. */
  synchronized void close(boolean keepOutput) {
    if (closed) {
      return;
    }
    closed = true;
    traffic.close();
    services.forEach(service -> service.ifPresent(ChildProcess::close));
    client.close();
    cluster.close();
    if (!keepOutput) {
      delete(directory);
    }
  }

  @Override
  public void close() {
    close(false);
  }

  private static void delete(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      paths
          .sorted(Comparator.reverseOrder())
          .forEach(path -> {
            if (!path.toFile().delete()) {
              System.err.println("quickstart: left behind " + path);
            }
          });
    } catch (IOException e) {
      System.err.println("quickstart: left behind " + directory + ": " + e.getMessage());
    }
  }
}
