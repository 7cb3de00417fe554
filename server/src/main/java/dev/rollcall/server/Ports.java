package dev.rollcall.server;

import dev.rollcall.raft.transport.PeerSettings;
import dev.rollcall.server.api.EventLoops;
import dev.rollcall.server.api.GrpcListener;
import dev.rollcall.server.api.GrpcListener.Serving;
import dev.rollcall.server.api.LocalServer;
import dev.rollcall.server.api.ServiceGate;
import dev.rollcall.server.config.ServerConfig;
import dev.rollcall.server.gateway.http.Gateway;
import dev.rollcall.server.http.Check;
import dev.rollcall.server.http.HttpServer;
import dev.rollcall.server.metrics.CallMetrics;
import dev.rollcall.server.metrics.NodeMetrics;
import io.grpc.Channel;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The three ports of a node, bound before anything else is begun, so that one in use is found while
 * nothing has happened yet. Until services are let in, calls are answered NOT_READY.
 */
final class Ports {
  /** Two, so that a heartbeat's connection need not share its thread with bulk. */
  private static final int PEER_LOOPS = 2;

  private static final int CLIENT_LOOPS_MIN = 2;
  private static final long GRACE_MILLIS = 2_000;

  final EventLoops clientLoops;
  final EventLoops peerLoops;

  private final ServiceGate clientGate = new ServiceGate(GrpcListener.REQUEST_BYTES_MAX);
  private final ServiceGate peerGate = new ServiceGate(PeerSettings.MESSAGE_BYTES_MAX);
  private final HealthStatusManager health = new HealthStatusManager();
  private final AtomicBoolean closedToClients = new AtomicBoolean();
  private final HttpServer http;
  private final LocalServer local;
  private final GrpcListener clients;
  private final GrpcListener peers;

  private Ports(
      ServerConfig config, NodeMetrics metrics, Supplier<List<Check>> readiness, Closers closers) {
    http = closers.add(HttpServer.start(config.http(), metrics::scrape, readiness));
    int loops = Math.max(CLIENT_LOOPS_MIN, Runtime.getRuntime().availableProcessors());
    clientLoops = closers.add(EventLoops.start("clients", loops));
    peerLoops = closers.add(EventLoops.start("peers", PEER_LOOPS));
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
    List<ServerInterceptor> measured = List.of(new CallMetrics(metrics.registry()));
    clients =
        GrpcListener.forClients(
            config.client().bind(),
            clientLoops,
            new Serving(
                List.of(health.getHealthService(), ProtoReflectionServiceV1.newInstance()),
                clientGate,
                measured));
    local = closers.add(LocalServer.start(clientGate, measured, clientLoops.timer()));
    closers.add(() -> clients.awaitEnd(0));
    peers =
        GrpcListener.forPeers(
            config.peer().bind(), peerLoops, new Serving(List.of(), peerGate, List.of()));
    closers.add(() -> peers.awaitEnd(0));
  }

  /**
   * Binds all three.
   *
   * @throws dev.rollcall.server.config.StartFailure when one cannot be bound
   */
  static Ports bind(
      ServerConfig config, NodeMetrics metrics, Supplier<List<Check>> readiness, Closers closers) {
    return new Ports(config, metrics, readiness, closers);
  }

  int clientPort() {
    return clients.port();
  }

  int peerPort() {
    return peers.port();
  }

  int httpPort() {
    return http.port();
  }

  /** Where this process calls the services of clients. */
  Channel clientServices() {
    return local.channel();
  }

  void openToPeers(List<ServerServiceDefinition> services) {
    peerGate.open(services);
  }

  void openToClients(List<ServerServiceDefinition> services, Gateway gateway) {
    clientGate.open(services);
    http.open(gateway);
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
  }

  /** New calls of clients are refused; those under way go on. */
  void closeToClients() {
    if (!closedToClients.getAndSet(true)) {
      health.enterTerminalState();
      http.closeToClients();
      clientGate.close();
      clients.shutdown();
    }
  }

  /** Waits a moment for calls of clients under way. */
  void awaitClients() {
    clients.awaitEnd(GRACE_MILLIS);
  }

  void closeToPeers() {
    peerGate.close();
    peers.shutdown();
  }
}
