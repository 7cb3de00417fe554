package dev.rollcall.server.api;

import dev.rollcall.raft.transport.PeerSettings;
import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.HostPort;
import dev.rollcall.server.config.Setting;
import dev.rollcall.server.config.StartFailure;
import io.grpc.BindableService;
import io.grpc.HandlerRegistry;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A port that speaks gRPC. That of the members has {@link PeerSettings}. That of the clients, and
 * why:
 *
 * <ul>
 *   <li>directExecutor: handlers run on the event loop and never block; a pool behind it costs two
 *       thirds of the throughput on two cores.
 *   <li>keepalives from clients as often as each second, also without calls: a client that watches
 *       in silence must notice a dead node in seconds. The default answers that with GOAWAY.
 *   <li>keepalives to clients after 20 s of silence, dead after 10 s more: streams of vanished
 *       clients hold cursors and buffers.
 *   <li>requests of at most 4 MiB; a larger one ends its call before it is read. The limit of 1.5
 *       MiB is kept by who serves ({@link #REQUEST_BYTES_MAX}): so a client that is a little over
 *       it reads a reason.
 *   <li>headers of at most 16 KiB: there is nothing large to say there.
 * </ul>
 */
public final class GrpcListener {
  /** Longest request of a client. */
  public static final int REQUEST_BYTES_MAX = 3 << 19;

  private static final int READ_BYTES_MAX = 4 << 20;
  private static final int HEADER_BYTES_MAX = 16 << 10;
  private static final long STOP_NOW_MILLIS_MAX = 1_000;

  private final Server server;

  private GrpcListener(Server server) {
    this.server = server;
  }

  /**
   * What a port serves.
   *
   * @param always services from the first moment on
   * @param gated services that come and go
   * @param interceptors around both, outermost first
   */
  public record Serving(
      List<BindableService> always, HandlerRegistry gated, List<ServerInterceptor> interceptors) {
    public Serving {
      always = List.copyOf(always);
      interceptors = List.copyOf(interceptors);
    }
  }

  /**
   * Binds the port for clients and serves.
   *
   * @throws StartFailure when the port cannot be bound
   */
  public static GrpcListener forClients(HostPort bind, EventLoops loops, Serving serving) {
    NettyServerBuilder builder =
        builder(bind)
            .directExecutor()
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(20, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .maxInboundMessageSize(READ_BYTES_MAX)
            .maxInboundMetadataSize(HEADER_BYTES_MAX);
    return start(Setting.CLIENT_LISTEN, bind, builder, loops, serving);
  }

  /**
   * Binds the port for members and serves.
   *
   * @throws StartFailure when the port cannot be bound
   */
  public static GrpcListener forPeers(HostPort bind, EventLoops loops, Serving serving) {
    return start(Setting.PEER_LISTEN, bind, PeerSettings.server(builder(bind)), loops, serving);
  }

  /** The port bound. */
  public int port() {
    return server.getPort();
  }

  /** Refuses new connections and calls; those under way go on. */
  public void shutdown() {
    server.shutdown();
  }

  /** Waits this long for calls under way, then ends them. */
  public void awaitEnd(long millisMax) {
    try {
      if (!server.awaitTermination(millisMax, TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(STOP_NOW_MILLIS_MAX, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private static NettyServerBuilder builder(HostPort bind) {
    return NettyServerBuilder.forAddress(new InetSocketAddress(bind.host(), bind.port()));
  }

  private static GrpcListener start(
      Setting setting,
      HostPort bind,
      NettyServerBuilder builder,
      EventLoops loops,
      Serving serving) {
    builder
        .bossEventLoopGroup(loops.group())
        .workerEventLoopGroup(loops.group())
        .channelType(EventLoops.serverChannel())
        .fallbackHandlerRegistry(serving.gated());
    serving.always().forEach(builder::addService);
    // gRPC calls the interceptor added last first.
    serving.interceptors().reversed().forEach(builder::intercept);
    try {
      return new GrpcListener(builder.build().start());
    } catch (IOException e) {
      throw BindFailure.of(setting, bind, e);
    } catch (RuntimeException e) {
      throw new StartFailure(
          ExitCode.USAGE,
          setting.key() + " " + bind + " cannot be bound: " + e.getMessage(),
          "give an address of this machine",
          e);
    }
  }
}
