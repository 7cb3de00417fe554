package dev.rollcall.server;

import dev.rollcall.raft.core.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Three nodes of one cluster that serve clients, below a directory. */
final class ThreeNodes implements AutoCloseable {
  private final List<RegistryServer> servers = new ArrayList<>();

  ThreeNodes(Path directory) {
    var ports = TestNode.freePorts(3);
    IntStream.range(0, 3)
        .mapToObj(number ->
            CompletableFuture.supplyAsync(
                () -> start(directory.resolve("n" + number), ports, number),
                task -> Thread.ofPlatform().start(task)))
        .toList()
        .forEach(starting -> servers.add(starting.join()));
  }

  RegistryServer get(int number) {
    return servers.get(number);
  }

  Stream<RegistryServer> stream() {
    return servers.stream();
  }

  /** The number of the node that leads. */
  int leader() {
    return IntStream.range(0, 3)
        .filter(number -> servers.get(number).raftStatus().role() == Role.LEADER)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    servers.forEach(RegistryServer::close);
  }

  private static RegistryServer start(Path directory, List<Integer> ports, int number) {
    // With an election timeout that a busy machine does not reach by itself.
    String[] flags =
        Stream.concat(
                Stream.of(TestNode.member(ports, number)), Stream.of("--election-timeout=1200ms"))
            .toArray(String[]::new);
    return TestNode.start(TestNode.config(directory, flags), UnaryOperator.identity());
  }
}
