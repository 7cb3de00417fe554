package dev.rollcall.demo;

import dev.rollcall.client.NodeRole;
import dev.rollcall.client.NodeStatus;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three real nodes of one cluster, each a process with a directory of its own, on loopback. */
final class DemoCluster implements AutoCloseable {
  static final int NODES = 3;

  private record Ports(int client, int peer, int http) {}

  private static final int FIRST_PORT = 10_000;
  private static final int LAST_PORT = 30_000;
  private static final int ATTEMPTS_MAX = 1_000;

  private final Path home;
  private final Path directory;
  private final List<Ports> ports;
  private final List<Optional<ChildProcess>> nodes = new ArrayList<>();

  /**
   * @param home where bin/registryd lies
   * @param directory for data and output
   */
  DemoCluster(Path home, Path directory) {
    this.home = home;
    this.directory = directory;
    this.ports = freePorts();
    for (int node = 0; node < NODES; node++) {
      nodes.add(Optional.empty());
    }
  }

  void start(int node) {
    Ports own = ports.get(node);
    var command =
        List.of(
            home.resolve("bin/registryd").toString(),
            "--data-dir=" + directory.resolve("node-" + node),
            "--client-listen=127.0.0.1:" + own.client,
            "--peer-listen=127.0.0.1:" + own.peer,
            "--http-listen=127.0.0.1:" + own.http,
            "--members="
                + ports.stream().map(p -> "127.0.0.1:" + p.peer).collect(Collectors.joining(",")));
    nodes.set(
        node, Optional.of(ChildProcess.start(command, directory.resolve("node-" + node + ".log"))));
  }

  void kill(int node) {
    nodes.get(node).ifPresent(ChildProcess::kill);
  }

  boolean isRunning(int node) {
    return nodes.get(node).filter(ChildProcess::isAlive).isPresent();
  }

  /** host:port of one node for clients. */
  String endpoint(int node) {
    return "127.0.0.1:" + ports.get(node).client;
  }

  /** host:port of all nodes for clients, separated by commas. */
  String endpoints() {
    return IntStream.range(0, NODES).mapToObj(this::endpoint).collect(Collectors.joining(","));
  }

  /** What a node says of itself, if it answers. */
  Optional<NodeStatus> status(RegistryClient client, int node) {
    if (!isRunning(node)) {
      return Optional.empty();
    }
    try {
      return Optional.of(client.status(endpoint(node)));
    } catch (RegistryException e) {
      return Optional.empty();
    }
  }

  /** Which node says that it leads. */
  Optional<Integer> leader(RegistryClient client) {
    return IntStream.range(0, NODES)
        .boxed()
        .flatMap(node ->
            status(client, node)
                .filter(status -> status.role() == NodeRole.LEADER)
                .map(status -> new Candidate(node, status.term()))
                .stream())
        .max((a, b) -> Long.compare(a.term, b.term))
        .map(Candidate::node);
  }

  private record Candidate(int node, long term) {}

  @Override
  public void close() {
    nodes.forEach(node -> node.ifPresent(ChildProcess::close));
  }

  /**
   * Ports below those that the system gives to outgoing connections: while its node is killed, one
   * of those could take the port.
   */
  private static List<Ports> freePorts() {
    // All are held at once, so that they differ, and let go together.
    var held = new ArrayList<ServerSocket>();
    try {
      while (held.size() < 3 * NODES) {
        held.add(listener());
      }
      var ports = new ArrayList<Ports>();
      for (int node = 0; node < NODES; node++) {
        ports.add(
            new Ports(
                held.get(3 * node).getLocalPort(),
                held.get(3 * node + 1).getLocalPort(),
                held.get(3 * node + 2).getLocalPort()));
      }
      for (ServerSocket socket : held) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException("no free ports on loopback", e);
    }
  }

  private static ServerSocket listener() throws IOException {
    for (int attempt = 1; ; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      try {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
      } catch (BindException e) {
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }
}
