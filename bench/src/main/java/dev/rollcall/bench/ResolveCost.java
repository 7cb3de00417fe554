package dev.rollcall.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RegistrationGrpc;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.ResolveResponse;
import dev.rollcall.v1.Role;
import dev.rollcall.v1.StatusRequest;
import dev.rollcall.v1.StatusResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench resolve}: what a linearizable lookup of 100 instances costs the process that serves
 * it, beside a bare gRPC server that returns the same bytes; in turn, so that both have the same
 * neighbours.
 */
@Command(
    name = "resolve",
    mixinStandardHelpOptions = true,
    description =
        "CPU of a linearizable lookup of 100 instances, beside an echo of the same bytes.")
final class ResolveCost implements Callable<Integer> {
  private static final String RESOLVE = DiscoveryGrpc.getResolveMethod().getFullMethodName();
  private static final double GOAL = 1.5;
  private static final int IN_FLIGHT = 64;
  private static final long TTL_MILLIS = 86_400_000;

  @Option(names = "--nodes", defaultValue = "1", description = "Of the cluster; ${DEFAULT-VALUE}.")
  private int nodes;

  @Option(names = "--rounds", defaultValue = "7", description = "Of each; ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(names = "--seconds", defaultValue = "3", description = "A round; ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "20",
      description = "Seconds before, of each; ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(names = "--directory", defaultValue = "target/bench-data")
  private String directory;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (var scratch = Scratch.below(directory)) {
      long start = System.nanoTime();
      List<Registryd> cluster = Registryd.start(scratch.directory().toAbsolutePath(), nodes);
      try {
        cluster.forEach(node -> node.awaitReady(start));
        Registryd leader = leader(cluster);
        register(leader);
        boolean isMet = measure("the leader", leader, scratch.directory()) <= GOAL;
        for (Registryd node : cluster) {
          if (node != leader) {
            measure("a follower, without what its leader does for it", node, scratch.directory());
            break;
          }
        }
        return isMet ? 0 : 1;
      } finally {
        cluster.forEach(Registryd::close);
      }
    }
  }

  private double measure(String who, Registryd node, Path scratch)
      throws IOException, InterruptedException {
    byte[] request =
        ResolveRequest.newBuilder().setService(Instances.service(0)).build().toByteArray();
    try (var calls = new InFlight(node.endpoint(), RESOLVE)) {
      byte[] answer = calls.ask(request);
      requireWhole(answer);
      try (var echo = EchoProcess.start(node.java(), RESOLVE, answer, scratch);
          var bare = new InFlight(echo.endpoint(), RESOLVE)) {
        calls.run(IN_FLIGHT, request, TimeUnit.SECONDS.toNanos(warmUp));
        bare.run(IN_FLIGHT, request, TimeUnit.SECONDS.toNanos(warmUp));
        var ratios = new ArrayList<Double>();
        var ofNode = new ArrayList<Double>();
        var ofEcho = new ArrayList<Double>();
        for (int round = 0; round < rounds; round++) {
          ofNode.add(microsEach(calls, request, node::cpu));
          ofEcho.add(microsEach(bare, request, echo::cpu));
          ratios.add(ofNode.getLast() / ofEcho.getLast());
        }
        Spread ratio = Spread.of(ratios);
        System.out.printf(
            "resolve: %d nodes, %s, %,d bytes an answer: %s us of CPU; bare echo %s us; ratio %s,"
                + " goal %.1f%n",
            nodes,
            who,
            answer.length,
            Spread.of(ofNode).show("%.1f"),
            Spread.of(ofEcho).show("%.1f"),
            ratio.show("%.2f"),
            GOAL);
        return ratio.median();
      }
    }
  }

  private double microsEach(InFlight calls, byte[] request, Cpu cpu) {
    Duration before = cpu.now();
    long answered = calls.run(IN_FLIGHT, request, TimeUnit.SECONDS.toNanos(seconds));
    return cpu.now().minus(before).toNanos() / 1e3 / answered;
  }

  private interface Cpu {
    Duration now();
  }

  private static void requireWhole(byte[] answer) throws InvalidProtocolBufferException {
    int found = ResolveResponse.parseFrom(answer).getInstancesCount();
    if (found != Instances.A_SERVICE) {
      throw new IllegalStateException("%d instances were found".formatted(found));
    }
  }

  private static Registryd leader(List<Registryd> cluster) throws InvalidProtocolBufferException {
    while (true) {
      for (Registryd node : cluster) {
        String status = ClusterGrpc.getStatusMethod().getFullMethodName();
        try (var calls = new InFlight(node.endpoint(), status)) {
          byte[] answer = calls.ask(StatusRequest.getDefaultInstance().toByteArray());
          if (StatusResponse.parseFrom(answer).getRole() == Role.ROLE_LEADER) {
            return node;
          }
        }
      }
    }
  }

  private static void register(Registryd node) throws IOException {
    var request = RegisterRequest.newBuilder().setTtlMillis(TTL_MILLIS);
    for (int number = 0; number < Instances.A_SERVICE; number++) {
      request.addInstances(Instances.message(number));
    }
    String register = RegistrationGrpc.getRegisterMethod().getFullMethodName();
    try (var calls = new InFlight(node.endpoint(), register)) {
      var unused = calls.ask(request.build().toByteArray());
    }
  }

  /** {@link Echo} on the same JVM with the same options. */
  private record EchoProcess(Process process, int port) implements AutoCloseable {
    static EchoProcess start(List<String> java, String method, byte[] answer, Path scratch)
        throws IOException {
      Path file = Files.write(scratch.resolve("answer"), answer);
      int port = Registryd.freePorts(1).getFirst();
      var command = new ArrayList<>(java);
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), Echo.class.getName()));
      command.addAll(List.of(Integer.toString(port), method, file.toString()));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(scratch.resolve("echo.log").toFile())
              .start();
      return new EchoProcess(process, port);
    }

    String endpoint() {
      return "127.0.0.1:" + port;
    }

    Duration cpu() {
      return process.info().totalCpuDuration().orElseThrow();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
