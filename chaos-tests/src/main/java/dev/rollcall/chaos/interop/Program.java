package dev.rollcall.chaos.interop;

import dev.rollcall.chaos.process.ChaosFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * A program of {@code interop/} in a process of its own, which says on standard output what it sees
 * and takes commands on standard input; the programs' documentation says which. Standard error goes
 * to a file. Any thread.
 */
final class Program implements AutoCloseable {
  /** For whatever takes seconds on a machine that has nothing else to do. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final String CACHE = "cache ";

  /** A line, and when it was read. */
  private record Line(String text, long nanos) {}

  private final String name;
  private final Process process;
  private final Writer input;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition said = lock.newCondition();
  private final List<Line> lines = new ArrayList<>();
  private boolean isOver;

  private Program(String name, Process process) {
    this.name = name;
    this.process = process;
    this.input = process.outputWriter();
  }

  /**
   * Starts one, and does not wait for it.
   *
   * @param name what to call it when something is wrong with it
   * @param errors standard error is appended to it
   */
  static Program start(String name, List<String> command, Path errors) {
    var builder = new ProcessBuilder(command).redirectError(Redirect.appendTo(errors.toFile()));
    // One arena of the allocator: otherwise small programs take more than they use.
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    try {
      var program = new Program(name, builder.start());
      Thread.ofVirtual().start(program::readLines);
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name, e);
    }
  }

  String name() {
    return name;
  }

  /** Waits until it has started. */
  void awaitReady() {
    await(0, "ready"::equals, "ready");
  }

  /**
   * Waits for the first time that it has heard of the registry after a moment and found it so.
   *
   * @param afterNanos of {@link System#nanoTime}; 0 for all that it ever heard
   * @param wanted of the instances, {@code app/id} each
   * @return when that was, of {@link System#nanoTime}
   */
  long awaitSeen(long afterNanos, Predicate<Set<String>> wanted, String what) {
    return await(afterNanos, line -> cache(line).filter(wanted).isPresent(), "to see " + what)
        .nanos();
  }

  /** All instances, {@code app/id} each, of each time that it has heard of the registry since. */
  List<Set<String>> seenSince(long afterNanos) {
    lock.lock();
    try {
      return lines.stream()
          .filter(line -> line.nanos() - afterNanos >= 0)
          .flatMap(line -> cache(line.text()).stream())
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /** Makes it call a service that it is to find; returns the id of the instance that answered. */
  String call(String service) {
    long start = System.nanoTime();
    send("call " + service);
    String answer =
        await(
                start,
                line ->
                    line.startsWith("called " + service) || line.startsWith("failed " + service),
                "an answer of " + service)
            .text();
    if (answer.startsWith("failed")) {
      throw new ChaosFailure(name + " reached nobody: " + answer);
    }
    return answer.substring(("called " + service + " ").length());
  }

  /** Makes it say another status of itself. */
  void say(String status) {
    send("status " + status);
  }

  /** SIGTERM, and waits for its end. */
  void stop() {
    process.destroy();
    awaitExit();
  }

  /** kill -9, and waits for its end. */
  void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** Kills it if it runs. */
  @Override
  public void close() {
    process.destroyForcibly();
  }

  private void awaitExit() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new ChaosFailure(name + " does not end");
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void send(String command) {
    try {
      input.write(command + "\n");
      input.flush();
    } catch (IOException e) {
      throw new ChaosFailure(name + " does not listen any more", e);
    }
  }

  private Line await(long afterNanos, Predicate<String> wanted, String what) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    lock.lock();
    try {
      for (int next = 0; ; next++) {
        while (next == lines.size()) {
          long left = deadline - System.nanoTime();
          if (isOver || left <= 0) {
            throw new ChaosFailure(
                "%s %s, awaited: %s; it said last: %s"
                    .formatted(
                        name,
                        isOver ? "ended" : "goes on after " + PATIENCE.toSeconds() + " s",
                        what,
                        lines.isEmpty() ? "nothing" : lines.getLast().text()));
          }
          said.awaitNanos(left);
        }
        Line line = lines.get(next);
        boolean isLater = afterNanos == 0 || line.nanos() - afterNanos >= 0;
        if (isLater && wanted.test(line.text())) {
          return line;
        }
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  private static Optional<Set<String>> cache(String line) {
    if (!line.startsWith(CACHE)) {
      return Optional.empty();
    }
    String known = line.substring(CACHE.length()).strip();
    return Optional.of(known.isEmpty() ? Set.of() : new TreeSet<>(List.of(known.split(" "))));
  }

  private void readLines() {
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        add(new Line(line, System.nanoTime()));
      }
    } catch (IOException e) {
      // It was killed.
    }
    lock.lock();
    try {
      isOver = true;
      said.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void add(Line line) {
    lock.lock();
    try {
      lines.add(line);
      said.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static ChaosFailure interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ChaosFailure("interrupted", e);
  }
}
