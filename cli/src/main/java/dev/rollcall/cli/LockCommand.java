package dev.rollcall.cli;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.lock.Lock;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl lock}: runs a program while a lock is held. */
@Command(
    name = "lock",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Waits for a lock, runs a program while it is held, and exits with the program's code.",
      "The program finds its fencing token in ROLLCALL_FENCING_TOKEN, and passes it on to what",
      "the lock protects. When the lock is lost the program is terminated, and killed before",
      "another can have the lock."
    },
    footer = {"", "Example:", "  registryctl lock nightly-report --no-wait -- ./report --all"})
final class LockCommand implements Callable<Integer> {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "NAME", description = "Name of the lock.")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "-- CMD",
      description = "The program to run, with its arguments.")
  private List<String> program = new ArrayList<>();

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      defaultValue = "30s",
      converter = Durations.class,
      description = "How long the lock stays with a holder that fell silent; ${DEFAULT-VALUE}.")
  private Duration ttl = Duration.ofSeconds(30);

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      converter = Durations.class,
      description = "From TERM to KILL when the lock is lost; a tenth of the TTL when not given.")
  private @Nullable Duration grace;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      converter = Durations.class,
      description = "How long to wait for other holders; as long as it takes when not given.")
  private @Nullable Duration wait;

  @Option(names = "--no-wait", description = "Exits with 4 at once when another holds it.")
  private boolean isImpatient;

  @Override
  public Integer call() throws InterruptedException {
    if (isImpatient && wait != null) {
      throw new ParameterException(spec.commandLine(), "--wait and --no-wait exclude each other");
    }
    var stop = StopSignal.install();
    try (RegistryClient client = root.global().connect()) {
      Thread waiting = Thread.currentThread();
      stop.react(waiting::interrupt);
      Optional<Lock.Held> held = client.lock(name, ttl).tryAcquire(patience());
      if (held.isEmpty()) {
        say("the lock is held by another: " + name);
        stop.over(ExitCode.REFUSED.code());
        return ExitCode.REFUSED.code();
      }
      int code = run(held.get(), stop);
      stop.over(code);
      return code;
    } finally {
      stop.failed();
    }
  }

  private Duration patience() {
    if (isImpatient) {
      return Duration.ZERO;
    }
    return wait == null ? FOR_EVER : wait;
  }

  private int run(Lock.Held lock, StopSignal stop) throws InterruptedException {
    try (lock) {
      var builder = new ProcessBuilder(program).inheritIO();
      builder.environment().put("ROLLCALL_FENCING_TOKEN", Long.toString(lock.fencingToken()));
      builder.environment().put("ROLLCALL_LOCK_KEY", lock.key());
      Process process = builder.start();
      // Whoever stops us means the program; the lock is given back when it has ended.
      stop.react(process::destroy);
      lock.onLost(() -> end(process));
      return awaitEnd(process);
    } catch (IOException e) {
      say("cannot run the program: " + e.getMessage());
      return ExitCode.USAGE.code();
    }
  }

  private static int awaitEnd(Process process) throws InterruptedException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy(); // the signal came just as the lock was got
      return process.waitFor();
    }
  }

  private void say(String what) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("registryctl: " + what);
    err.flush();
  }

  /** Ends the program and what it started: kindly, then not. */
  private void end(Process process) {
    say("the lock is lost, the program is ended: " + name);
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroy);
    Duration patience = grace == null ? ttl.dividedBy(10) : grace;
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
      }
      all.forEach(ProcessHandle::destroyForcibly);
    } catch (InterruptedException e) {
      all.forEach(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    }
  }
}
