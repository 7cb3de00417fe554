package dev.rollcall.server;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.backup.BackupCommands;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.Environment;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.Invocation;
import dev.rollcall.server.config.ServerConfig;
import dev.rollcall.server.config.StartFailure;
import dev.rollcall.store.Features;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process {@code registryd}: a node, its signals and its exit code. The first SIGTERM or SIGINT
 * stops in order; a second one, or ten seconds, at once. Either loses nothing, since what was
 * acknowledged is in the log.
 */
final class Launch {
  private static final long STOP_SECONDS_MAX = 10;

  private final CompletableFuture<RegistryServer> started = new CompletableFuture<>();
  private final AtomicBoolean stopping = new AtomicBoolean();

  private Launch() {}

  /** Runs the command line; does not return while the node runs. */
  static void run(List<String> arguments) {
    try {
      switch (ConfigReader.read(arguments, Environment.variables())) {
        case Invocation.Print(String text) -> System.out.print(text);
        case Invocation.Recover(Path dataDir, boolean isConfirmed) -> {
          System.out.print(LostQuorum.run(dataDir, isConfirmed, new SecureRandom()));
          halt(isConfirmed ? ExitCode.OK : ExitCode.USAGE);
        }
        case Invocation.VerifySnapshot verify ->
            print(() -> BackupCommands.run(verify, Features.CURRENT));
        case Invocation.InspectSnapshot inspect ->
            print(() -> BackupCommands.run(inspect, Features.CURRENT));
        case Invocation.RestoreSnapshot restore ->
            print(() -> BackupCommands.run(restore, Features.CURRENT, new SecureRandom()));
        case Invocation.Run(ServerConfig config) -> new Launch().serve(config);
      }
    } catch (StartFailure failure) {
      end(failure);
    }
  }

  private static void print(Supplier<String> command) {
    try {
      System.out.print(command.get());
    } catch (RuntimeException e) {
      throw FailureTable.of(e);
    }
    halt(ExitCode.OK);
  }

  private void serve(ServerConfig config) {
    // Before the first logger is made.
    Environment.applyOutput(config.output());
    Signals.handle(this::stop);
    RegistryServer server;
    try {
      server = RegistryServer.start(config, UnaryOperator.identity(), Clock.SYSTEM);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    var unused = server.failed().thenAccept(Launch::end);
    log()
        .info(
            "serving: clients {}, members {}, http {}, node {}, data {}",
            server.clientAddress(),
            server.peerAddress(),
            server.httpAddress(),
            server.nodeId(),
            config.dataDir().toAbsolutePath().normalize());
    started.complete(server);
    // What runs from here on are the node's own threads.
  }

  /** On a thread of the signal's own. */
  private void stop(String signal) {
    if (stopping.getAndSet(true)) {
      log().warn("{} again: stopping at once", signal);
      halt(ExitCode.OK);
      return;
    }
    log().info("{}: stopping", signal);
    RegistryServer server = started.getNow(null);
    if (server != null) {
      Thread closing = Thread.ofPlatform().name("stop").daemon().start(server::close);
      if (!ended(closing)) {
        log().warn("not stopped after {} s: stopping at once", STOP_SECONDS_MAX);
      }
    }
    log().info("stopped");
    halt(ExitCode.OK);
  }

  private static boolean ended(Thread closing) {
    try {
      return closing.join(java.time.Duration.ofSeconds(STOP_SECONDS_MAX));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void end(StartFailure failure) {
    System.err.println(failure.line());
    halt(failure.exitCode());
  }

  /** Not exit: no hook may wait for a part that has failed. */
  private static void halt(ExitCode code) {
    System.err.flush();
    System.out.flush();
    Runtime.getRuntime().halt(code.code());
  }

  private static Logger log() {
    return LoggerFactory.getLogger(RegistryServer.class);
  }
}
