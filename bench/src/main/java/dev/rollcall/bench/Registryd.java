package dev.rollcall.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A node as shipped, {@code bin/registryd}, in a process of its own. One thread. */
final class Registryd implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long LOOK_NANOS = 2_000_000;

  private final List<String> command;
  private final int clientPort;
  private final int httpPort;
  private final Path output;
  private Process process;

  private Registryd(List<String> command, int clientPort, int httpPort, Path output) {
    this.command = command;
    this.clientPort = clientPort;
    this.httpPort = httpPort;
    this.output = output;
    this.process = launch();
  }

  /** Starts the nodes of one cluster, with directories below this one; does not wait for them. */
  static List<Registryd> start(Path directory, int nodes) {
    return start(System.getProperty("rollcall.home"), directory, nodes);
  }

  /** The same, of the tree with this root. */
  static List<Registryd> start(String home, Path directory, int nodes) {
    List<Integer> ports = freePorts(3 * nodes);
    List<String> members =
        ports.subList(0, nodes).stream().map(port -> "127.0.0.1:" + port).toList();
    var started = new ArrayList<Registryd>();
    for (int node = 0; node < nodes; node++) {
      int clientPort = ports.get(nodes + node);
      int httpPort = ports.get(2 * nodes + node);
      started.add(
          new Registryd(
              List.of(
                  home + "/bin/registryd",
                  "--data-dir=" + directory.resolve("node-" + node),
                  "--client-listen=127.0.0.1:" + clientPort,
                  "--peer-listen=" + members.get(node),
                  "--http-listen=127.0.0.1:" + httpPort,
                  "--members=" + String.join(",", members)),
              clientPort,
              httpPort,
              directory.resolve("node-" + node + ".log")));
    }
    return started;
  }

  /** host:port for clients. */
  String endpoint() {
    return "127.0.0.1:" + clientPort;
  }

  /** Where it speaks HTTP, on this machine. */
  int httpPort() {
    return httpPort;
  }

  /** The process that it is now. */
  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Waits until it says that it is ready; how long since it was started the last time. */
  Duration awaitReady(long startedNanos) {
    while (!isReady()) {
      if (!process.isAlive() || System.nanoTime() - startedNanos > PATIENCE.toNanos()) {
        throw new IllegalStateException("a node does not get ready, see " + output);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /** kill -9, and started again; returns when that was. */
  long restart() {
    kill();
    long now = System.nanoTime();
    process = launch();
    return now;
  }

  /** What all its threads took so far. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Bytes of memory that it has from the system. */
  long residentBytes() {
    return residentBytes(process.pid());
  }

  /** The same of any process on this machine. */
  static long residentBytes(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The JVM it runs on, with its options, without class path and what follows. */
  List<String> java() {
    try {
      String line = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
      List<String> words = Arrays.asList(line.split("\0", -1));
      return words.subList(0, words.indexOf("-cp"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }

  static List<Integer> freePorts(int count) {
    var held = new ArrayList<ServerSocket>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
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

  private Process launch() {
    try {
      var builder = new ProcessBuilder(command);
      builder.environment().keySet().removeIf(name -> name.startsWith("ROLLCALL_"));
      return builder
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void kill() {
    try {
      process.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isReady() {
    try {
      var connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + httpPort + "/readyz").toURL().openConnection();
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }
}
