package dev.rollcall.chaos.process;

import dev.rollcall.raft.log.Disk;
import dev.rollcall.server.RegistryServer;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.Environment;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.Invocation;
import dev.rollcall.server.config.ServerConfig;
import dev.rollcall.server.config.StartFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * A shipped node, with {@code registryd}'s flags, over a {@link WriteBackDisk}: a kill -9 takes
 * from its identity and its log what was not forced, bytes as well as created, renamed and deleted
 * files. RocksDB writes its files past this disk; but its own log is off, so what it has not
 * flushed is in the memory of the process and dies with it.
 *
 * <p>Its clock is the machine's, until a {@link ClockJump} comes in on standard input. Prints
 * {@link #SERVING} when it serves. Ends when the process that started it does.
 */
public final class WriteBackNode {
  /** The line printed to standard output when the node serves. */
  public static final String SERVING = "serving";

  /**
   * Environment variable with the links to the peers, see {@link LinkResolver}; none when unset.
   */
  static final String LINKS = "CHAOS_LINKS";

  /** Every tenth write or change of a directory the cache keeps something by itself. */
  private static final double EAGERNESS = 0.1;

  private WriteBackNode() {}

  /** Runs a node; does not return while it runs. */
  public static void main(String[] arguments) throws InterruptedException {
    endWithParent();
    String links = Environment.variables().get(LINKS);
    if (links != null) {
      LinkResolver.install(links);
    }
    try {
      switch (ConfigReader.read(List.of(arguments), Environment.variables())) {
        case Invocation.Print(String text) -> System.out.print(text);
        case Invocation.Run(ServerConfig config) -> serve(config);
        case Invocation other -> throw new IllegalArgumentException("not for " + other);
      }
    } catch (StartFailure failure) {
      end(failure);
    }
  }

  private static void serve(ServerConfig config) throws InterruptedException {
    Environment.applyOutput(config.output());
    var clock = new SettableClock();
    Thread.ofPlatform().daemon().name("clock").start(() -> readJumps(clock));
    var server = RegistryServer.start(config, WriteBackNode::writeBack, clock);
    var unused = server.failed().thenAccept(WriteBackNode::end);
    // As registryd does, which hears the signal itself.
    Runnable stop =
        () -> {
          server.close();
          Runtime.getRuntime().halt(ExitCode.OK.code());
        };
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(stop));
    System.out.println(SERVING);
  }

  private static void readJumps(SettableClock clock) {
    try (var lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        ClockJump.decode(line).ifPresent(clock::set);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Disk writeBack(Disk beneath) {
    try {
      return new WriteBackDisk(beneath, new Random(), EAGERNESS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A harness that was killed cannot stop its nodes. */
  private static void endWithParent() {
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> {
          var unused = parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
        });
  }

  private static void end(StartFailure failure) {
    System.err.println(failure.line());
    Runtime.getRuntime().halt(failure.exitCode().code());
  }
}
