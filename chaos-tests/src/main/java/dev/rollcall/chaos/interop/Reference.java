package dev.rollcall.chaos.interop;

import dev.rollcall.chaos.process.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Spring's Eureka server in a process of its own, without instances and without caches. */
final class Reference implements AutoCloseable {
  private final Program program;
  private final int port;

  private Reference(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  /**
   * Starts it and waits until it serves.
   *
   * @param directory where its output goes
   */
  static Reference start(Builds builds, Path directory) throws IOException {
    int port = FreePorts.choose(1).getFirst();
    List<String> command =
        builds.java(
            "eureka-server",
            "dev.rollcall.interop.ReferenceServer",
            List.of(),
            List.of("--server.port=" + port, "--spring.profiles.active=compared"));
    var program =
        Program.start("Spring's Eureka server", command, directory.resolve("reference.log"));
    program.awaitReady();
    return new Reference(program, port);
  }

  /** Its base address. */
  String server() {
    return "http://127.0.0.1:" + port + "/eureka/";
  }

  /** Kills it. */
  @Override
  public void close() {
    program.close();
  }
}
