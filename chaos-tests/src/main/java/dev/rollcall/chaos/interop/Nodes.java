package dev.rollcall.chaos.interop;

import dev.rollcall.chaos.interop.Client.Self;
import dev.rollcall.chaos.process.ChaosFailure;
import dev.rollcall.chaos.process.NodeCluster;
import dev.rollcall.chaos.process.Timing;
import dev.rollcall.client.Consistency;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.ServiceInstance;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Three real nodes, seen as Eureka servers and as an operator sees them. One thread. */
final class Nodes implements AutoCloseable {
  private static final int NODES = 3;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);

  private final NodeCluster cluster;
  private final RegistryClient operator;
  private final EurekaHttp http = new EurekaHttp();
  private final List<Integer> live = new ArrayList<>();

  /** Sets them up below this directory, which should be empty, and starts none. */
  Nodes(Path directory) throws IOException {
    cluster = NodeCluster.direct(directory, NODES);
    operator = cluster.client(cluster.nodes(), CALL_TIMEOUT);
  }

  /** Starts them and waits until they serve. */
  void start() {
    cluster.startAll();
    live.addAll(cluster.nodes());
    cluster.awaitServing();
    cluster.awaitLeader(live);
  }

  /** For what only operators do. */
  RegistryClient operator() {
    return operator;
  }

  /** Base addresses of all, running or not, as Eureka's clients are told. */
  List<String> servers() {
    return cluster.nodes().stream().map(this::server).toList();
  }

  /** Base addresses of those that run. */
  List<String> liveServers() {
    return live.stream().map(this::server).toList();
  }

  /** Does something after a kill -9 of the leader, which is started again afterwards. */
  void withLeaderKilled(Runnable scenario) {
    Integer leader = cluster.awaitLeader(live);
    cluster.kill(leader);
    live.removeIf(leader::equals);
    scenario.run();
    cluster.start(leader);
    cluster.awaitServing();
    live.add(leader);
    cluster.awaitLeader(live);
  }

  /**
   * Registers an instance at a node, by hand.
   *
   * @return when that was acknowledged, of {@link System#nanoTime}
   */
  long register(String server, Self self, Duration lease) {
    return http.register(server, self, lease);
  }

  /** An instance as the cluster knows it. */
  Optional<ServiceInstance> instance(Self self) {
    try {
      return Optional.of(operator.instance(self.app(), self.id(), Consistency.linearizable()));
    } catch (RegistryException.NotFound e) {
      return Optional.empty();
    }
  }

  /** The same of one that must be there. */
  ServiceInstance present(Self self) {
    return instance(self)
        .orElseThrow(() -> new ChaosFailure(self.name() + " is not registered any more"));
  }

  void awaitRegistered(Self self) {
    await(() -> instance(self).isPresent(), self.name() + " registered");
  }

  /** Waits until no node shows an instance to Eureka's clients. */
  void awaitGone(Self self) {
    await(
        () -> liveServers().stream().noneMatch(server -> http.knows(server, self)),
        self.name() + " gone");
  }

  /** Kills what runs. The directory stays. */
  @Override
  public void close() {
    operator.close();
    http.close();
    cluster.close();
  }

  private String server(int node) {
    return "http://" + cluster.httpAddress(node) + "/eureka/";
  }

  private static void await(BooleanSupplier isSo, String what) {
    long deadline = System.nanoTime() + Program.PATIENCE.toNanos();
    while (!isSo.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new ChaosFailure("awaited in vain: " + what);
      }
      Timing.pass(Duration.ofMillis(10));
    }
  }
}
