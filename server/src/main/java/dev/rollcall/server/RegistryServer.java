package dev.rollcall.server;

import dev.rollcall.raft.bootstrap.Bootstrap;
import dev.rollcall.raft.bootstrap.BootstrapConfig;
import dev.rollcall.raft.bootstrap.Founded;
import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.raft.driver.SnapshotConfig;
import dev.rollcall.raft.driver.StateDiverged;
import dev.rollcall.raft.log.Disk;
import dev.rollcall.raft.log.FileDisk;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.transport.GrpcIntroducer;
import dev.rollcall.raft.transport.PeerService;
import dev.rollcall.server.api.OpenStreams;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.backup.RestoredDirectory;
import dev.rollcall.server.backup.SnapshotStreams;
import dev.rollcall.server.cluster.ClusterService;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.HostPort;
import dev.rollcall.server.config.ServerConfig;
import dev.rollcall.server.config.ServerConfig.HttpApi;
import dev.rollcall.server.config.StartFailure;
import dev.rollcall.server.discovery.DiscoveryService;
import dev.rollcall.server.discovery.RowReads;
import dev.rollcall.server.forward.ForwardingService;
import dev.rollcall.server.forward.GrpcPeerCalls;
import dev.rollcall.server.gateway.eureka.EurekaRoutes;
import dev.rollcall.server.gateway.http.Gateway;
import dev.rollcall.server.gateway.http.HttpLimits;
import dev.rollcall.server.gateway.http.HttpRoutes;
import dev.rollcall.server.gateway.http.RegistryCalls;
import dev.rollcall.server.gateway.prometheus.TargetRoutes;
import dev.rollcall.server.gateway.rest.RestRoutes;
import dev.rollcall.server.keys.KeysService;
import dev.rollcall.server.metrics.MeasuredDisk;
import dev.rollcall.server.metrics.NodeMetrics;
import dev.rollcall.server.operations.OperationsService;
import dev.rollcall.server.registration.RegistrationService;
import dev.rollcall.server.space.DiskSpace;
import dev.rollcall.server.space.FileVolume;
import dev.rollcall.server.watch.WatchLimits;
import dev.rollcall.server.watch.WatchPump;
import dev.rollcall.store.Features;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.StoreStatus;
import dev.rollcall.store.rocks.RocksLibrary;
import dev.rollcall.store.rocks.RocksOrderedStore;
import dev.rollcall.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node of a Rollcall cluster, put together by hand and taken apart in reverse. Several may run
 * in one process, over directories of their own.
 */
public final class RegistryServer implements AutoCloseable {
  private static final Path LOG_DIRECTORY = Path.of("log");
  private static final Path STATE_DIRECTORY = Path.of("state");
  private static final Path LIBRARY_DIRECTORY = Path.of("lib");
  private static final long LOOK_MILLIS = 10;

  private final ServerConfig config;
  private final Clock clock;
  private final Features features;
  private final Closers closers = new Closers();
  private final SecureRandom random = new SecureRandom();
  private final ReentrantLock lettingIn = new ReentrantLock();
  private final OpenStreams keepAlives = new OpenStreams();
  private final Readiness readiness = new Readiness();
  private final CompletableFuture<StartFailure> failed = new CompletableFuture<>();
  private boolean isUp; // guarded by failed
  private final NodeMetrics metrics;
  private final Ports ports;
  private final PeerService peers;
  private final Node node;
  private final SnapshotStreams snapshots;
  private final WatchPump pump;
  private final DiskSpace disk;

  private RegistryServer(
      ServerConfig config, UnaryOperator<Disk> disks, Clock clock, Features features)
      throws InterruptedException {
    this.config = config;
    this.clock = clock;
    this.features = features;
    try {
      metrics = closers.add(new NodeMetrics());
      FileDisk directory = closers.add(FileDisk.open(config.dataDir()));
      Quarantine.requireNone(config.dataDir());
      RestoredDirectory.requireNoneUnderWay(config.dataDir());
      FileDisk logDirectory = closers.add(FileDisk.open(config.dataDir().resolve(LOG_DIRECTORY)));
      disk =
          new DiskSpace(
              new FileVolume(
                  config.dataDir(),
                  List.of(
                      config.dataDir().resolve(LOG_DIRECTORY),
                      config.dataDir().resolve(STATE_DIRECTORY))),
              config.diskRoom());
      ports = Ports.bind(config, metrics, readiness::checks, closers);
      Disk logDisk = new MeasuredDisk(disks.apply(logDirectory), metrics.registry());
      Bootstrap bootstrap =
          Bootstrap.open(disks.apply(directory), logDisk, bootstrapConfig(), random);
      peers =
          new PeerService(
              asker -> bootstrap.introduce(asker).withFeatureLevel(features.supported()),
              bootstrap::admit);
      ports.openToPeers(List.of(peers.bindService()));
      Founded founded = found(bootstrap);
      node = startNode(founded);
      closers.add(node);
      snapshots = closers.add(snapshotStreams());
      openToPeers(bootstrap::introduction);
      awaitReplay();
      if (founded.isJustLetIn()) {
        awaitCaughtUp();
      }
      pump = startPump();
      openToClients(bootstrap::introduction);
      serving();
    } catch (RuntimeException | InterruptedException e) {
      closers.close();
      throw e;
    }
  }

  /**
   * Starts a node and returns when it serves: at once for a cluster of one, else when all first
   * members have been heard, or with what is in the directory. Whether there is a leader by then is
   * another matter ({@code /readyz}).
   *
   * @param disks puts something around the real disks of the data directory and of its log, such as
   *     one that loses what was not forced; the identity to use them as they are
   * @throws StartFailure with the exit code and one line, and nothing left open
   * @throws InterruptedException when interrupted while waiting for the others; nothing is left
   *     open
   */
  public static RegistryServer start(ServerConfig config, UnaryOperator<Disk> disks, Clock clock)
      throws InterruptedException {
    return start(config, disks, clock, Features.CURRENT);
  }

  /** As the other one, as software that knows other features. */
  static RegistryServer start(
      ServerConfig config, UnaryOperator<Disk> disks, Clock clock, Features features)
      throws InterruptedException {
    try {
      return new RegistryServer(config, disks, clock, features);
    } catch (RuntimeException e) {
      throw FailureTable.of(e);
    }
  }

  /** {@code registryd}. */
  public static void main(String[] arguments) {
    Launch.run(List.of(arguments));
  }

  /**
   * Completed when a part of the node failed for good, on the thread where it happened. The node
   * serves nothing from then on; the process should end with the code given.
   */
  public CompletableFuture<StartFailure> failed() {
    return failed;
  }

  /** Where clients connect on this machine. */
  public HostPort clientAddress() {
    return config.client().bind().withPort(ports.clientPort());
  }

  /** Where members connect on this machine. */
  public HostPort peerAddress() {
    return config.peer().bind().withPort(ports.peerPort());
  }

  /** Where HTTP is served on this machine. */
  public HostPort httpAddress() {
    return config.http().withPort(ports.httpPort());
  }

  /** Who this node is. */
  public NodeId nodeId() {
    return node.identity.nodeId();
  }

  /** The node's part in the group, now. */
  public RaftStatus raftStatus() {
    return node.status();
  }

  /** What the node's registry holds, now. */
  public StoreStatus storeStatus() {
    return node.store.status();
  }

  /**
   * Stops in order: not ready, leadership handed over, streams ended, calls under way given a
   * moment, everything made durable. The second time it does nothing.
   */
  @Override
  public void close() {
    readiness.stopping();
    node.handOver();
    StatusRuntimeException goodbye = stopping();
    ports.closeToClients();
    keepAlives.endAll(goodbye);
    pump.close(goodbye);
    snapshots.close(goodbye);
    ports.awaitClients();
    ports.closeToPeers();
    peers.close();
    closers.close();
  }

  private BootstrapConfig bootstrapConfig() {
    String peer = config.peer().advertisedAt(ports.peerPort()).toString();
    String client = config.client().advertisedAt(ports.clientPort()).toString();
    var log = new LogConfig(config.logSegmentBytes(), LogConfig.DEFAULT.batchBytesMax());
    if (config.join().isPresent()) {
      return BootstrapConfig.joining(peer, client, config.join().get().toString(), log);
    }
    List<String> listed = config.members().stream().map(HostPort::toString).toList();
    return BootstrapConfig.founding(peer, client, listed.isEmpty() ? List.of(peer) : listed, log);
  }

  private Founded found(Bootstrap bootstrap) throws InterruptedException {
    Logger log = LoggerFactory.getLogger(RegistryServer.class);
    try (var introducer = new GrpcIntroducer(ports.peerLoops::peerChannel)) {
      return bootstrap.run(
          introducer,
          line -> {
            log.info("{}", line);
            readiness.starting(line);
          });
    }
  }

  private Node startNode(Founded founded) {
    readiness.starting("the store is being read");
    RegistryStore store;
    try {
      RocksLibrary.unpackTo(config.dataDir().resolve(LIBRARY_DIRECTORY));
      store =
          RegistryStore.open(
              RocksOrderedStore.open(config.dataDir().resolve(STATE_DIRECTORY)), features);
    } catch (RuntimeException e) {
      founded.log().close();
      throw e;
    }
    var parts =
        new Node.Parts(
            config,
            founded,
            store,
            disk,
            ports,
            clock,
            random,
            metrics,
            new Node.Ends(this::fail, this::removed));
    return Node.start(parts);
  }

  private void openToPeers(Supplier<Introduction> introduction) {
    var check = new DirectoryCheck(config, config.peer().advertisedAt(ports.peerPort()));
    check.requireFits(node.identity.nodeId(), node.status().configuration());
    var raft = node.registry.node();
    peers.open(
        node.identity,
        raft::receive,
        raft::receive,
        node.membershipFollower,
        node.transport()::heard);
    ports.openToPeers(
        List.of(
            peers.bindService(),
            ForwardingService.of(node.registry, node.headers.historyId(), node.identity.nodeId()),
            ForwardingService.refusingOthers(
                ClusterService.forMembers(clusterParts(introduction)),
                node.headers.historyId(),
                node.identity.nodeId())));
  }

  private void awaitReplay() throws InterruptedException {
    readiness.starting("the log is being applied");
    try {
      CompletableFuture.anyOf(node.registry.node().replayed(), failed).get();
    } catch (ExecutionException e) {
      throw FailureTable.of(e);
    }
    if (failed.isDone()) {
      throw failed.join();
    }
  }

  /** A node that was just let in has nothing to show yet. */
  private void awaitCaughtUp() throws InterruptedException {
    readiness.starting("let in; catching up with the cluster");
    while (node.status().leaderContactNanos().isEmpty() && !failed.isDone()) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    if (failed.isDone()) {
      throw failed.join();
    }
  }

  private WatchPump startPump() {
    var started =
        WatchPump.start(
            new WatchPump.Parts(
                node.registry,
                node.store,
                node.hub,
                clock,
                node.headers,
                WatchLimits.DEFAULT,
                node::isStale,
                metrics.propagation(),
                this::fail));
    metrics.bindWatches(started);
    return closers.add(started);
  }

  private ClusterService.Parts clusterParts(Supplier<Introduction> introduction) {
    var calls =
        new GrpcPeerCalls(
            node.transport()::address, node.headers.historyId(), ports.peerLoops::peerChannel);
    return new ClusterService.Parts(
        node.registry,
        node.store,
        clock,
        node.headers,
        calls,
        ports.peerLoops::peerChannel,
        introduction,
        lettingIn,
        snapshots);
  }

  private SnapshotStreams snapshotStreams() {
    var streams =
        new SnapshotStreams(
            new SnapshotStreams.Parts(
                node.registry.node()::execute,
                node.store,
                clock,
                node.headers,
                SnapshotConfig.DEFAULT));
    metrics.bindSnapshots(streams);
    return streams;
  }

  private void openToClients(Supplier<Introduction> introduction) {
    metrics.gauge(
        () -> keepAlives, "keepalive.streams", "Keepalive streams open", OpenStreams::count);
    var registration =
        new RegistrationService(
            new RegistrationService.Parts(
                node.registry,
                clock,
                node.headers,
                () -> node.store.status().revision(),
                keepAlives));
    var discovery =
        new DiscoveryService(
            new DiscoveryService.Parts(
                node.registry,
                node.store,
                clock,
                node.headers,
                ports.clientLoops,
                closers.add(new RowReads())),
            pump);
    var operations =
        new OperationsService(
            new OperationsService.Parts(
                node.registry, node.store, clock, node.headers, ports.clientLoops.executor()));
    var keys =
        new KeysService(
            new KeysService.Parts(
                node.registry, node.store, clock, node.headers, ports.clientLoops.executor()));
    var cluster = ClusterService.forClients(clusterParts(introduction));
    ports.openToClients(
        List.of(
            registration.bindService(),
            discovery.bindService(),
            operations.bindService(),
            keys.bindService(),
            cluster.bindService()),
        gateway());
  }

  private Gateway gateway() {
    var facades = config.httpApis().stream().map(this::facade).toList();
    var gateway = new Gateway(facades, clock, HttpLimits.DEFAULT);
    metrics.gauge(() -> gateway, "http.streams", "HTTP answers that go on", Gateway::streams);
    return gateway;
  }

  private HttpRoutes facade(HttpApi api) {
    return switch (api) {
      case REST ->
          new RestRoutes(
              ports.clientServices(), () -> TimeUnit.MILLISECONDS.toMicros(clock.wallMillis()));
      case EUREKA -> new EurekaRoutes(new RegistryCalls(node.registry), node.store, clock);
      case PROMETHEUS -> new TargetRoutes(node.store);
    };
  }

  private void fail(Throwable cause) {
    StartFailure failure = FailureTable.of(cause);
    readiness.failed(String.valueOf(failure.getMessage()));
    if (cause instanceof StateDiverged) {
      Quarantine.mark(config.dataDir(), String.valueOf(cause.getMessage()));
    }
    if (failed.complete(failure)) {
      LoggerFactory.getLogger(RegistryServer.class).error("this node stops: a part failed", cause);
    }
    ports.closeToClients();
  }

  /** The start is over, unless something ended the node meanwhile. */
  private void serving() {
    synchronized (failed) {
      if (failed.isDone()) {
        throw failed.join();
      }
      isUp = true;
    }
    readiness.serving(node::status);
  }

  /**
   * Ends the start, or the node in order: on a thread of its own, since the one that found out may
   * be one of the node's.
   */
  private void removed(NodeId self) {
    var failure =
        new StartFailure(
            ExitCode.REMOVED,
            "node %s was removed from the cluster".formatted(self),
            "its id never comes back; to use this machine again, start with an empty data-dir and"
                + " --join");
    LoggerFactory.getLogger(RegistryServer.class).warn("this node stops: {}", failure.getMessage());
    readiness.failed(String.valueOf(failure.getMessage()));
    synchronized (failed) {
      if (!isUp) {
        failed.complete(failure);
        return;
      }
    }
    Thread.ofPlatform()
        .name("removed")
        .daemon(false) // the process must not end before it has said why
        .start(() -> {
          close();
          failed.complete(failure);
        });
  }

  private static StatusRuntimeException stopping() {
    return StatusMapper.status(ErrorReason.NOT_READY, "the node is stopping; use another");
  }
}
