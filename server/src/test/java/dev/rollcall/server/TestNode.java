package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.log.Disk;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.Invocation;
import dev.rollcall.server.config.ServerConfig;
import dev.rollcall.store.Features;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Starts nodes for tests: on loopback, with small files. */
final class TestNode {
  private static final int FIRST_PORT = 10_000;
  private static final int LAST_PORT = 30_000;

  private TestNode() {}

  /** A cluster of one on ports of the system's choice. */
  static RegistryServer single(Path directory, String... flags) {
    return start(config(directory, flags), UnaryOperator.identity());
  }

  static RegistryServer start(ServerConfig config, UnaryOperator<Disk> disks) {
    return start(config, disks, Features.CURRENT);
  }

  static RegistryServer start(ServerConfig config, UnaryOperator<Disk> disks, Features features) {
    try {
      return RegistryServer.start(config, disks, Clock.SYSTEM, features);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static ServerConfig config(Path directory, String... flags) {
    var defaults =
        List.of(
            "--data-dir=" + directory,
            "--client-listen=127.0.0.1:0",
            "--peer-listen=127.0.0.1:0",
            "--http-listen=127.0.0.1:0",
            "--log-segment-size=1MiB");
    var given = List.of(flags);
    var arguments = new ArrayList<>(given);
    for (String flag : defaults) {
      String name = flag.substring(0, flag.indexOf('='));
      if (given.stream().noneMatch(other -> other.startsWith(name + "="))) {
        arguments.add(flag);
      }
    }
    return ((Invocation.Run) ConfigReader.read(arguments, Map.of())).config();
  }

  /**
   * Ports that were free a moment ago, all different. They lie below those that the system gives to
   * outgoing connections, of which one could take a port before its node listens.
   */
  static List<Integer> freePorts(int count) {
    var held = new ArrayList<ServerSocket>();
    try {
      for (int attempt = 0; held.size() < count; attempt++) {
        int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
        try {
          held.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
        } catch (BindException e) {
          assertThat(attempt).as("ports tried").isLessThan(1_000);
        }
      }
      List<Integer> ports = held.stream().map(ServerSocket::getLocalPort).toList();
      for (ServerSocket socket : held) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Flags for the member with this number of a cluster whose peers listen on these ports. */
  static String[] member(List<Integer> peerPorts, int number) {
    String members = String.join(",", peerPorts.stream().map(port -> "127.0.0.1:" + port).toList());
    return Stream.of("--peer-listen=127.0.0.1:" + peerPorts.get(number), "--members=" + members)
        .toArray(String[]::new);
  }
}
