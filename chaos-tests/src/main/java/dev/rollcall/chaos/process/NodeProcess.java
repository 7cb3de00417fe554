package dev.rollcall.chaos.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A {@link WriteBackNode} in a process of its own, over the JVM and the class path of this one.
 * Standard error goes to a file. Any thread.
 */
final class NodeProcess {
  private static final Duration EXIT_PATIENCE = Duration.ofSeconds(20);

  /** Small and quick to start: what a node does in a test is little. */
  private static final List<String> OPTIONS =
      List.of(
          "-Xms64m",
          "-Xmx384m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+CrashOnOutOfMemoryError", // these two: see bin/registryd
          "-XX:-CreateCoredumpOnCrash",
          "--enable-native-access=ALL-UNNAMED",
          "-XX:+IgnoreUnrecognizedVMOptions", // these three: see bin/registryd
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:-ReduceAllocationMerges");

  private final Process process;
  private final Path output;
  private final CompletableFuture<Void> serving = new CompletableFuture<>();

  private NodeProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts one, and does not wait for it.
   *
   * @param flags of {@code registryd}
   * @param environment on top of this process's own, without its settings for nodes
   * @param output standard error is appended to it
   */
  static NodeProcess start(List<String> flags, Map<String, String> environment, Path output) {
    var builder = new ProcessBuilder();
    builder.command().add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    builder.command().addAll(OPTIONS);
    builder.command().addAll(List.of("-cp", System.getProperty("java.class.path")));
    builder.command().add(WriteBackNode.class.getName());
    builder.command().addAll(flags);
    builder.environment().keySet().removeIf(name -> name.startsWith("ROLLCALL_"));
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    builder.environment().putAll(environment);
    builder.redirectError(Redirect.appendTo(output.toFile()));
    try {
      var node = new NodeProcess(builder.start(), output);
      Thread.ofVirtual().start(node::readOutput);
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a node", e);
    }
  }

  /**
   * Waits until it serves.
   *
   * @throws ChaosFailure when it ends first, or the time does
   */
  void awaitServing(Duration patience) {
    try {
      serving.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ChaosFailure ended ? ended : new ChaosFailure("no output", e);
    } catch (TimeoutException e) {
      throw new ChaosFailure(
          "a node does not serve after " + patience.toSeconds() + " s: " + lastLine(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** kill -9; does not wait for the end. */
  void kill() {
    process.destroyForcibly();
  }

  /** SIGTERM: asks it to stop in peace. */
  void terminate() {
    process.destroy();
  }

  /** SIGSTOP: it stands still, and its connections stay. */
  void pause() {
    signal("STOP");
  }

  /** SIGCONT: it goes on. */
  void resume() {
    signal("CONT");
  }

  /** Sets its clock; heard at once, or when it goes on. */
  void setClock(ClockJump jump) {
    try {
      OutputStream input = process.getOutputStream();
      input.write((jump.encode() + "\n").getBytes(StandardCharsets.US_ASCII));
      input.flush();
    } catch (IOException e) {
      throw new ChaosFailure("a node does not listen any more: " + lastLine(), e);
    }
  }

  /**
   * Waits for its end.
   *
   * @return the exit code; 128 and the signal's number when a signal ended it
   */
  int awaitExit() {
    try {
      if (!process.waitFor(EXIT_PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new ChaosFailure("a node does not end: " + lastLine());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void readOutput() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(WriteBackNode.SERVING)) {
          serving.complete(null);
        }
      }
      int code = process.waitFor();
      serving.completeExceptionally(
          new ChaosFailure("a node ended with code " + code + ": " + lastLine()));
    } catch (IOException | InterruptedException e) {
      serving.completeExceptionally(e);
    }
  }

  private void signal(String name) {
    try {
      var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
      if (kill.waitFor() != 0) {
        throw new ChaosFailure("kill -" + name + " failed for " + process.pid());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private String lastLine() {
    try {
      List<String> lines = Files.readAllLines(output);
      return lines.isEmpty() ? "it said nothing" : lines.getLast();
    } catch (IOException e) {
      return "its output cannot be read: " + e;
    }
  }

  private static ChaosFailure interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ChaosFailure("interrupted", e);
  }
}
