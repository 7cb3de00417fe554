package dev.rollcall.server.api;

import io.grpc.Channel;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.inprocess.AnonymousInProcessSocketAddress;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The services of clients, for callers in this process: a facade that translates another protocol
 * is then a client like any other, held to the same rules and limits, and counted likewise.
 */
public final class LocalServer implements AutoCloseable {
  private final Server server;
  private final ManagedChannel channel;

  private LocalServer(Server server, ManagedChannel channel) {
    this.server = server;
    this.channel = channel;
  }

  /**
   * Serves. Handlers run on the caller's thread, answers on that of who answers.
   *
   * @param timer for deadlines
   * @param interceptors outermost first
   */
  public static LocalServer start(
      HandlerRegistry gated, List<ServerInterceptor> interceptors, ScheduledExecutorService timer) {
    // Without a name there is nothing static that two nodes of one process would share.
    var address = new AnonymousInProcessSocketAddress();
    var builder =
        InProcessServerBuilder.forAddress(address)
            .directExecutor()
            .scheduledExecutorService(timer)
            .fallbackHandlerRegistry(gated);
    interceptors.reversed().forEach(builder::intercept);
    try {
      Server server = builder.build().start();
      return new LocalServer(
          server,
          InProcessChannelBuilder.forAddress(address)
              .directExecutor()
              .scheduledExecutorService(timer)
              .build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where calls go in. */
  public Channel channel() {
    return channel;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }
}
