package dev.rollcall.chaos.process;

import dev.rollcall.client.Consistency;
import dev.rollcall.client.NodeRole;
import dev.rollcall.client.NodeStatus;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryClientBuilder;
import dev.rollcall.client.RegistryException;
import dev.rollcall.server.backup.BackupCommands;
import dev.rollcall.server.config.ConfigReader;
import dev.rollcall.server.config.Invocation;
import dev.rollcall.store.Features;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cluster of {@link WriteBackNode}s on loopback, numbered from 0, each with a directory and an
 * output file below one directory. They go on with what is there when they are started again.
 *
 * <p>Whatever waits here asks the nodes to answer when it is so, and gives up with a {@link
 * ChaosFailure}. One thread; {@link #close}, {@link #endpoint} and clients any.
 */
public final class NodeCluster implements AutoCloseable {
  /** For what takes seconds on a machine that has nothing else to do. */
  public static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Small, so that files of the log are begun and ended all the time. */
  private static final String LOG_SEGMENT_SIZE = "4MiB";

  private final Path directory;
  private final List<Integer> clientPorts;
  private final List<Integer> peerPorts;
  private final List<Integer> httpPorts;
  private final List<Integer> founders;
  private final Optional<Network> network;
  private final Map<Integer, NodeProcess> processes = new ConcurrentHashMap<>();
  private final List<RegistryClient> observers;

  private NodeCluster(Path directory, int founding, int nodes, boolean hasNetwork)
      throws IOException {
    this.directory = Files.createDirectories(directory);
    List<Integer> ports = FreePorts.choose(3 * nodes);
    clientPorts = ports.subList(0, nodes);
    peerPorts = ports.subList(nodes, 2 * nodes);
    httpPorts = ports.subList(2 * nodes, 3 * nodes);
    founders = IntStream.range(0, founding).boxed().toList();
    network = hasNetwork ? Optional.of(new Network(peerPorts)) : Optional.empty();
    observers =
        IntStream.range(0, nodes).mapToObj(node -> client(List.of(node), PATIENCE)).toList();
  }

  /** Nodes that reach each other directly; none is started. */
  public static NodeCluster direct(Path directory, int nodes) throws IOException {
    return new NodeCluster(directory, nodes, nodes, false);
  }

  /**
   * Nodes that reach each other directly; none is started. The first found the cluster, the others
   * can only {@linkplain #startJoining join} it.
   */
  public static NodeCluster withSpares(Path directory, int founders, int spares)
      throws IOException {
    return new NodeCluster(directory, founders, founders + spares, false);
  }

  /** Nodes with a {@link #network} between them; none is started. */
  public static NodeCluster withNetwork(Path directory, int nodes) throws IOException {
    return new NodeCluster(directory, nodes, nodes, true);
  }

  /** How many there are, running or not. */
  public int size() {
    return clientPorts.size();
  }

  /** All numbers, from 0. */
  public List<Integer> nodes() {
    return IntStream.range(0, size()).boxed().toList();
  }

  /** All numbers but this. */
  public List<Integer> others(int node) {
    return nodes().stream().filter(other -> other != node).toList();
  }

  /** What is between the nodes. */
  Network network() {
    return network.orElseThrow();
  }

  /** host:port of a node for clients. */
  public String endpoint(int node) {
    return "127.0.0.1:" + clientPorts.get(node);
  }

  /** A new client that knows these nodes and no others; the caller closes it. */
  public RegistryClient client(Collection<Integer> nodes, Duration callTimeout) {
    return clientOf(nodes).callTimeout(callTimeout).build();
  }

  /**
   * A new client of these nodes, each of whose calls goes through the tap; the caller closes it.
   */
  RegistryClient client(Collection<Integer> nodes, ClientInterceptor tap) {
    return clientOf(nodes)
        .channels(endpoint ->
            Grpc.newChannelBuilder("dns:///" + endpoint, InsecureChannelCredentials.create())
                .directExecutor()
                .disableRetry()
                .intercept(tap)
                .build())
        .build();
  }

  private RegistryClientBuilder clientOf(Collection<Integer> nodes) {
    return RegistryClient.builder()
        .endpoints(nodes.stream().map(this::endpoint).collect(Collectors.joining(",")))
        .discoverMembers(false);
  }

  /** host:port of a node for its peers. */
  public String peerAddress(int node) {
    return "127.0.0.1:" + peerPorts.get(node);
  }

  /** host:port of a node for HTTP. */
  public String httpAddress(int node) {
    return "127.0.0.1:" + httpPorts.get(node);
  }

  /** Starts a node that founded the cluster, or will; does not wait for it. */
  public void start(int node) {
    start(
        node,
        "--members=" + founders.stream().map(this::peerAddress).collect(Collectors.joining(",")));
  }

  /** Starts a node that is to be let in, and does not wait for it. */
  public void startJoining(int node, int contact) {
    start(node, "--join=" + peerAddress(contact));
  }

  /**
   * Makes a stopped node without files the only member of a new history, with what a backup holds,
   * as {@code registryd snapshot restore} does.
   *
   * @return what that says
   */
  public String restore(int node, Path backup) {
    var arguments = new ArrayList<>(List.of("snapshot", "restore", backup.toString()));
    arguments.addAll(flags(node));
    Invocation asked = ConfigReader.read(arguments, Map.of());
    return BackupCommands.run(
        (Invocation.RestoreSnapshot) asked, Features.CURRENT, new SecureRandom());
  }

  private void start(int node, String membership) {
    var flags = new ArrayList<>(flags(node));
    flags.add(membership);
    var environment = new HashMap<String, String>();
    network.ifPresent(between -> environment.put(WriteBackNode.LINKS, links(between, node)));
    processes.put(node, NodeProcess.start(flags, environment, output(node)));
  }

  private List<String> flags(int node) {
    return List.of(
        "--data-dir=" + dataDirectory(node),
        "--client-listen=" + endpoint(node),
        "--peer-listen=" + peerAddress(node),
        "--http-listen=" + httpAddress(node),
        "--log-segment-size=" + LOG_SEGMENT_SIZE);
  }

  /** Starts all nodes that found the cluster, and does not wait for them. */
  public void startAll() {
    founders.forEach(this::start);
  }

  /** Waits until every node that was started serves. */
  public void awaitServing() {
    processes.forEach((node, process) -> {
      try {
        process.awaitServing(PATIENCE);
      } catch (ChaosFailure e) {
        throw new ChaosFailure("node " + node + ": " + e.getMessage(), e);
      }
    });
  }

  /** kill -9 of every node that runs, at once. */
  public void killAll() {
    var killed = List.copyOf(processes.values());
    processes.clear();
    killed.forEach(NodeProcess::kill);
    killed.forEach(NodeProcess::awaitExit);
  }

  /** kill -9 of every node that runs, and all their files are lost. */
  public void destroyAll() throws IOException {
    killAll();
    for (int node : nodes()) {
      if (Files.exists(dataDirectory(node))) {
        Scratch.delete(dataDirectory(node));
      }
    }
  }

  /** kill -9 of one node. */
  public void kill(int node) {
    NodeProcess process = running(node);
    processes.remove(node);
    process.kill();
    process.awaitExit();
  }

  /** Asks a node to stop, and waits for it; returns its exit code. */
  public int terminate(int node) {
    NodeProcess process = running(node);
    processes.remove(node);
    process.terminate();
    return process.awaitExit();
  }

  /** Waits for a node that ends by itself; returns its exit code. */
  public int awaitEnd(int node) {
    NodeProcess process = processes.get(node);
    if (process == null) {
      throw new ChaosFailure("node " + node + " was not started");
    }
    int code = process.awaitExit();
    processes.remove(node);
    return code;
  }

  /** SIGSTOP. */
  public void pause(int node) {
    running(node).pause();
  }

  /** SIGCONT. */
  public void resume(int node) {
    running(node).resume();
  }

  /** Sets the clock of a node, which forgets it when it ends. */
  void setClock(int node, ClockJump jump) {
    running(node).setClock(jump);
  }

  /** What a node says of itself. */
  public NodeStatus status(int node) {
    return observers.get(node).status(endpoint(node));
  }

  /** A client of one node alone, patient; not to be closed. */
  RegistryClient observer(int node) {
    return observers.get(node);
  }

  /**
   * Waits until one of these nodes leads with a quorum.
   *
   * @param nodes all of them running, and reaching each other
   */
  public int awaitLeader(Collection<Integer> nodes) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Optional<Integer> leader;
    do {
      // Answered when a quorum has confirmed a leader, so this never turns in vain for long.
      nodes.forEach(this::read);
      leader =
          nodes.stream()
              .map(node -> Map.entry(node, status(node)))
              .filter(entry -> entry.getValue().role() == NodeRole.LEADER)
              .max(Comparator.comparingLong(entry -> entry.getValue().term()))
              .map(Map.Entry::getKey);
    } while (leader.isEmpty() && System.nanoTime() - deadline < 0);
    return leader.orElseThrow(() -> new ChaosFailure("no leader among the nodes " + nodes));
  }

  /**
   * What all nodes hold.
   *
   * @param appliedIndex of all of them
   * @param digest at that index
   */
  public record Agreement(long appliedIndex, long revision, String digest) {}

  /**
   * Waits until all nodes have applied the same; nobody may write meanwhile.
   *
   * @throws ChaosFailure also when two of them differ at the same index
   */
  public Agreement awaitAgreement() {
    return awaitAgreement(nodes());
  }

  /** As the other one, of these nodes alone. */
  public Agreement awaitAgreement(Collection<Integer> nodes) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    var found = new HashSet<Agreement>();
    do {
      // A node that has answered this has applied everything committed before it was asked.
      nodes.forEach(this::read);
      found.clear();
      for (int node : nodes) {
        NodeStatus status = status(node);
        found.add(new Agreement(status.appliedIndex(), status.revision(), status.stateDigest()));
      }
      if (found.size() == 1) {
        return found.iterator().next();
      }
      if (found.stream().map(Agreement::appliedIndex).distinct().count() < found.size()) {
        throw new ChaosFailure("nodes differ at the same applied index: " + found);
      }
    } while (System.nanoTime() - deadline < 0);
    throw new ChaosFailure("nodes do not come to the same applied index: " + found);
  }

  /** Where a node's files are. */
  public Path dataDirectory(int node) {
    return directory.resolve("node-" + node);
  }

  /** Where a node's standard error is. */
  public Path output(int node) {
    return directory.resolve("node-" + node + ".log");
  }

  /** Kills what runs. The directory stays. */
  @Override
  public void close() {
    killAll();
    network.ifPresent(Network::close);
    observers.forEach(RegistryClient::close);
  }

  /** Asks a node for what needs a quorum. */
  private void read(int node) {
    try {
      observers.get(node).resolve("nothing", Consistency.linearizable());
    } catch (RegistryException e) {
      throw new ChaosFailure("node " + node + " finds no quorum: " + e.getMessage(), e);
    }
  }

  private NodeProcess running(int node) {
    NodeProcess process = processes.get(node);
    if (process == null || !process.isAlive()) {
      throw new ChaosFailure("node " + node + " does not run");
    }
    return process;
  }

  private String links(Network between, int from) {
    var proxies = new HashMap<Integer, Integer>();
    others(from).forEach(to -> proxies.put(peerPorts.get(to), between.port(from, to)));
    return LinkResolver.encode(proxies);
  }
}
