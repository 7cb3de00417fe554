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
import org.jspecify.annotations.Nullable;
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

  @Option(names = "--calls", defaultValue = "30000", description = "A round; ${DEFAULT-VALUE}.")
  private int calls;

  @Option(
      names = "--warm-up",
      defaultValue = "300000",
      description = "Calls before, of each; ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(names = "--directory", defaultValue = "target/bench-data")
  private String directory;

  @Option(
      names = "--beside",
      description = "Root of another built tree: its nodes are measured in the same rounds.")
  private @Nullable String beside;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (var scratch = Scratch.below(directory)) {
      Path data = scratch.directory().toAbsolutePath();
      try (var cluster = Cluster.start(System.getProperty("rollcall.home"), data, nodes)) {
        if (beside == null) {
          return measure(cluster.served(""), data) <= GOAL ? 0 : 1;
        }
        Path otherData = Files.createDirectory(data.resolve("beside"));
        try (var other = Cluster.start(beside, otherData, nodes)) {
          var served = new ArrayList<>(cluster.served(""));
          served.addAll(other.served(beside + ": "));
          return measure(served, data) <= GOAL ? 0 : 1;
        }
      }
    }
  }

  /** The median ratio of the first of them. */
  private double measure(List<Served> all, Path scratch) throws IOException, InterruptedException {
    byte[] request =
        ResolveRequest.newBuilder().setService(Instances.service(0)).build().toByteArray();
    byte[] answer = all.getFirst().calls.ask(request);
    requireWhole(answer);
    List<String> java = all.getFirst().node.java();
    try (var echo = EchoProcess.start(java, RESOLVE, answer, scratch);
        var bare = new InFlight(echo.endpoint(), RESOLVE)) {
      for (Served served : all) {
        served.calls.run(IN_FLIGHT, warmUp, number -> request);
      }
      bare.run(IN_FLIGHT, warmUp, number -> request);
      var ofEcho = new ArrayList<Double>();
      for (int round = 0; round < rounds; round++) {
        double echoMicros = microsEach(bare, request, List.of(echo::cpu)).getFirst();
        ofEcho.add(echoMicros);
        for (Served served : all) {
          var cpus = List.<Cpu>of(served.node::cpu, served::elsewhere);
          served.add(microsEach(served.calls, request, cpus), echoMicros);
        }
      }
      System.out.printf(
          "resolve: %d nodes, %,d bytes an answer; us of CPU each: bare echo %s%n",
          nodes, answer.length, Spread.of(ofEcho).show("%.1f"));
      all.forEach(Served::print);
      return Spread.of(all.getFirst().ratios).median();
    } finally {
      all.forEach(served -> served.calls.close());
    }
  }

  private List<Double> microsEach(InFlight server, byte[] request, List<Cpu> cpus) {
    List<Duration> before = cpus.stream().map(Cpu::now).toList();
    server.run(IN_FLIGHT, calls, number -> request);
    var micros = new ArrayList<Double>();
    for (int i = 0; i < cpus.size(); i++) {
      micros.add(cpus.get(i).now().minus(before.get(i)).toNanos() / 1e3 / calls);
    }
    return micros;
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

  /** A node that answers lookups, and what was found of it. */
  private static final class Served {
    final String name;
    final Registryd node;
    final List<Registryd> others;
    final InFlight calls;
    final List<Double> ofNode = new ArrayList<>();
    final List<Double> ofOthers = new ArrayList<>();
    final List<Double> ratios = new ArrayList<>();

    Served(String name, Registryd node, List<Registryd> cluster) {
      this.name = name;
      this.node = node;
      others = cluster.stream().filter(other -> other != node).toList();
      calls = new InFlight(node.endpoint(), RESOLVE);
    }

    Duration elsewhere() {
      return others.stream().map(Registryd::cpu).reduce(Duration.ZERO, Duration::plus);
    }

    void add(List<Double> micros, double echoMicros) {
      ofNode.add(micros.getFirst());
      ofOthers.add(micros.getLast());
      ratios.add(ofNode.getLast() / echoMicros);
    }

    void print() {
      System.out.printf(
          "resolve: %s: %s; ratio %s, goal %.1f; the other nodes together %s%n",
          name,
          Spread.of(ofNode).show("%.1f"),
          Spread.of(ratios).show("%.2f"),
          GOAL,
          Spread.of(ofOthers).show("%.1f"));
    }
  }

  /** Nodes of one tree that know the instances. */
  private record Cluster(List<Registryd> nodes, Registryd leader) implements AutoCloseable {
    static Cluster start(String home, Path directory, int size) throws IOException {
      long start = System.nanoTime();
      List<Registryd> nodes = Registryd.start(home, directory, size);
      nodes.forEach(node -> node.awaitReady(start));
      var leader = leader(nodes);
      register(leader);
      return new Cluster(nodes, leader);
    }

    /** By the leader, and by a follower if there is one. */
    List<Served> served(String prefix) {
      var served = new ArrayList<Served>();
      served.add(new Served(prefix + "the leader", leader, nodes));
      nodes.stream()
          .filter(node -> node != leader)
          .limit(1)
          .forEach(node -> served.add(new Served(prefix + "a follower", node, nodes)));
      return served;
    }

    @Override
    public void close() {
      nodes.forEach(Registryd::close);
    }

    private static Registryd leader(List<Registryd> nodes) throws InvalidProtocolBufferException {
      while (true) {
        for (Registryd node : nodes) {
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

    private static void register(Registryd node) {
      var request = RegisterRequest.newBuilder().setTtlMillis(TTL_MILLIS);
      for (int number = 0; number < Instances.A_SERVICE; number++) {
        request.addInstances(Instances.message(number));
      }
      String register = RegistrationGrpc.getRegisterMethod().getFullMethodName();
      try (var calls = new InFlight(node.endpoint(), register)) {
        var unused = calls.ask(request.build().toByteArray());
      }
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
