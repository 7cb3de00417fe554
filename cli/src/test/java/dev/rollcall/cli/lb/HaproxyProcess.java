package dev.rollcall.cli.lb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A real HAProxy in master-worker mode, so that it can be reloaded; frontend and runtime API are
 * sockets in the file system, so no port is taken.
 */
public final class HaproxyProcess implements AutoCloseable {
  /** For what takes milliseconds. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path directory;

  private HaproxyProcess(Process process, Path directory) {
    this.process = process;
    this.directory = directory;
  }

  /** Where it is installed. */
  public static Optional<Path> binary() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(Arrays.stream(path.split(File.pathSeparator)), Stream.of("/usr/sbin"))
        .map(folder -> Path.of(folder, "haproxy"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts one and waits until it serves.
   *
   * @param backends sections of its configuration; the frontend leads to the backend {@code be}
   */
  public static HaproxyProcess start(Path directory, String backends) throws IOException {
    Path configuration = directory.resolve("haproxy.cfg");
    Files.writeString(
        configuration,
        """
        global
          stats socket DIR/admin.sock mode 600 level admin
          stats socket DIR/operator.sock mode 600 level operator
        defaults
          mode http
          timeout connect 5s
          timeout client 60s
          timeout server 60s
        frontend fe
          bind DIR/fe.sock
          default_backend be
        """
                .replace("DIR", directory.toString())
            + backends);
    Process process =
        new ProcessBuilder(
                binary().orElseThrow().toString(), "-W", "-db", "-f", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("haproxy.log").toFile())
            .start();
    var haproxy = new HaproxyProcess(process, directory);
    haproxy.await("show info", answer -> answer.contains("Pid: "));
    return haproxy;
  }

  /** Where its runtime API listens. */
  public String socket() {
    return directory.resolve("admin.sock").toString();
  }

  /** Where one listens that may look, and not change. */
  String operatorSocket() {
    return directory.resolve("operator.sock").toString();
  }

  /** Another process takes over; the configuration is read anew. */
  void reload() throws IOException, InterruptedException {
    String before =
        ask("show info").lines().filter(it -> it.startsWith("Pid:")).findFirst().orElseThrow();
    new ProcessBuilder("kill", "-USR2", Long.toString(process.pid())).start().waitFor();
    await("show info", answer -> answer.contains("Pid: ") && !answer.contains(before + "\n"));
  }

  /** The answer to one command of the runtime API. */
  public String ask(String command) throws IOException {
    try (RuntimeSocket socket =
        RuntimeSocket.open(UnixDomainSocketAddress.of(socket()), PATIENCE)) {
      return socket.ask(command);
    }
  }

  /** Asks until the answer is so. */
  String await(String command, Predicate<String> isSo) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String last = "nothing";
    while (System.nanoTime() - deadline < 0) {
      try {
        last = ask(command);
        if (isSo.test(last)) {
          return last;
        }
      } catch (IOException e) {
        last = e.toString(); // it starts, or another process takes over
      }
    }
    throw new AssertionError("still " + last);
  }

  /** The whole answer to a GET through the frontend. */
  String get() throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(directory.resolve("fe.sock")));
      channel.write(UTF_8.encode("GET / HTTP/1.0\r\n\r\n"));
      var answer = new ByteArrayOutputStream();
      var buffer = ByteBuffer.allocate(4096);
      while (channel.read(buffer) >= 0) {
        answer.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
      return answer.toString(UTF_8);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }
}
