package dev.rollcall.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bin/bench eureka}: what a fleet of Eureka clients costs three nodes, all of them together,
 * and what the same fleet costs Spring's Eureka server, which is one. First the one, then the
 * other.
 */
@Command(name = "eureka", mixinStandardHelpOptions = true)
final class EurekaLoad implements Callable<Integer> {
  private static final int NODES = 3;

  @Option(names = "--clients", defaultValue = "1000", description = "${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--period",
      defaultValue = "3",
      description = "Seconds between two heartbeats of a client; ${DEFAULT-VALUE}, of 30 in life.")
  private int periodSeconds;

  @Option(
      names = "--changes",
      defaultValue = "1",
      description = "Registrations anew, a second, of all clients; ${DEFAULT-VALUE}.")
  private double changes;

  @Option(
      names = "--settle",
      defaultValue = "200",
      description = {
        "Seconds before it is measured; ${DEFAULT-VALUE}: deltas are of the last 180 s,",
        "and until then the registrations of all are in them."
      })
  private int settleSeconds;

  @Option(names = "--seconds", defaultValue = "60", description = "Measured; ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--idle",
      defaultValue = "3000",
      description = "Connections opened in the end, one request each; ${DEFAULT-VALUE}.")
  private int idle;

  @Option(names = "--seed", defaultValue = "7")
  private long seed;

  @Option(names = "--directory", defaultValue = "target/bench-data")
  private String directory;

  /** Processes that serve, as the load sees them. */
  private record Servers(String name, List<Integer> ports, List<ProcessHandle> processes) {
    Duration cpu() {
      return processes.stream()
          .map(process -> process.info().totalCpuDuration().orElseThrow())
          .reduce(Duration.ZERO, Duration::plus);
    }

    long residentBytes() {
      return processes.stream().mapToLong(it -> Registryd.residentBytes(it.pid())).sum();
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    System.out.printf(
        "%,d clients, a heartbeat and a delta each every %d s, %.1f changes a second, seed %d;"
            + " %d s measured after %d s%n",
        clients, periodSeconds, changes, seed, seconds, settleSeconds);
    double ours = ofRollcall();
    double springs = ofSpring();
    System.out.printf(
        "three nodes / one server of Spring: %.2f of its CPU (goal: 0.25)%n", ours / springs);
    return 0;
  }

  private double ofRollcall() throws InterruptedException {
    try (var scratch = Scratch.below(directory)) {
      long start = System.nanoTime();
      List<Registryd> nodes = Registryd.start(scratch.directory().toAbsolutePath(), NODES);
      try {
        nodes.forEach(node -> node.awaitReady(start));
        return measure(
            new Servers(
                "three nodes of Rollcall",
                nodes.stream().map(Registryd::httpPort).toList(),
                nodes.stream().map(Registryd::handle).toList()));
      } finally {
        nodes.forEach(Registryd::close);
      }
    }
  }

  private double ofSpring() throws InterruptedException {
    try (var scratch = Scratch.below(directory);
        var spring = SpringEureka.start(scratch.directory().toAbsolutePath())) {
      return measure(
          new Servers("Spring's Eureka server", List.of(spring.port()), List.of(spring.handle())));
    }
  }

  /** Seconds of CPU. */
  private double measure(Servers servers) throws InterruptedException {
    long periodNanos = TimeUnit.SECONDS.toNanos(periodSeconds);
    try (var fleet = new EurekaFleet(servers.ports(), clients, periodNanos, changes, seed)) {
      fleet.awaitRegistered();
      pause(settleSeconds);
      var hashes = new ArrayList<String>();
      Duration before = servers.cpu();
      EurekaFleet.Done doneBefore = fleet.done();
      long from = System.nanoTime();
      pause(seconds);
      double took = (System.nanoTime() - from) / 1e9;
      double cpu = servers.cpu().minus(before).toNanos() / 1e9;
      EurekaFleet.Done done = fleet.done().minus(doneBefore);
      for (int port : servers.ports()) {
        hashes.add(EurekaFleet.hash(port));
      }
      System.out.printf(
          Locale.ROOT,
          "%s: %.2f s of CPU in %.0f s, %.0f us a request; %,d heartbeats, %,d fetches, %,d"
              + " changes, %,d KiB of answers; %,d not answered with 200, %d connections broke; %,d"
              + " MiB resident; in the end %s%n",
          servers.name(),
          cpu,
          took,
          cpu * 1e6 / done.requests(),
          done.heartbeats(),
          done.fetches(),
          done.changes(),
          done.bytes() >> 10,
          done.refused(),
          fleet.broken(),
          servers.residentBytes() >> 20,
          String.join(" ", hashes));
      idle(servers);
      return cpu;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a connection costs that has asked once and is kept. */
  private void idle(Servers servers) throws IOException {
    if (idle == 0) {
      return;
    }
    var kept = new ArrayList<KeptConnection>();
    try {
      long before = servers.residentBytes();
      for (int i = 0; i < idle; i++) {
        var connection = new KeptConnection(servers.ports().get(i % servers.ports().size()));
        connection.send("GET", "/eureka/apps/nobody");
        kept.add(connection);
      }
      System.out.printf(
          "  %,d connections more that are idle: %.1f KiB resident each%n",
          idle, (servers.residentBytes() - before) / 1024.0 / idle);
    } finally {
      for (KeptConnection connection : kept) {
        connection.close();
      }
    }
  }

  private static void pause(int seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (end - System.nanoTime() > 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
