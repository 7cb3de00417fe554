package dev.rollcall.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Spring's Eureka server as it comes, in a process of its own: {@code interop/eureka-server}. */
final class SpringEureka implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String MAIN = "dev.rollcall.interop.ReferenceServer";

  private final int port;
  private final Process process;

  private SpringEureka(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /** Starts one and waits until it serves. */
  static SpringEureka start(Path directory) {
    Path target = Path.of(System.getProperty("rollcall.home"), "interop/eureka-server/target");
    int port = Registryd.freePorts(1).getFirst();
    try {
      var builder =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin/java").toString(),
                      "-cp",
                      target.resolve("classes")
                          + ":"
                          + Files.readString(target.resolve("class-path")).strip(),
                      MAIN,
                      "--server.port=" + port))
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("spring.log").toFile());
      var started = new SpringEureka(port, builder.start());
      started.awaitReady();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "interop is not built: run 'mvn -f interop process-classes'", e);
    }
  }

  private void awaitReady() {
    long endNanos = System.nanoTime() + PATIENCE.toNanos();
    while (!isReady()) {
      if (!process.isAlive() || System.nanoTime() > endNanos) {
        close();
        throw new IllegalStateException("Spring's Eureka server does not get ready");
      }
      LockSupport.parkNanos(50_000_000);
    }
  }

  private boolean isReady() {
    try {
      return EurekaFleet.hash(port).isEmpty();
    } catch (IOException e) {
      return false; // not listening yet
    }
  }

  int port() {
    return port;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  @Override
  public void close() {
    try {
      process.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
