package dev.rollcall.server.api;

import dev.rollcall.raft.transport.PeerSettings;
import dev.rollcall.server.config.HostPort;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Netty threads of one kind, over epoll where there is one. Everything a service does before it
 * hands over runs on them, so nothing there may block.
 */
public final class EventLoops implements AutoCloseable {
  private static final long CLOSE_MILLIS_MAX = 2_000;
  private static final int CONNECT_MILLIS_MAX = 1_000;

  private final MultiThreadIoEventLoopGroup group;

  private EventLoops(MultiThreadIoEventLoopGroup group) {
    this.group = group;
  }

  /** Threads named {@code <name>-<n>}. */
  public static EventLoops start(String name, int threads) {
    IoHandlerFactory handler =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new EventLoops(
        new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), handler));
  }

  /** A plaintext connection of its own to another node's peer port; the receiver closes it. */
  public ManagedChannel peerChannel(String address) {
    HostPort at = HostPort.parse(address);
    return PeerSettings.client(NettyChannelBuilder.forAddress(at.host(), at.port()))
        .usePlaintext()
        .eventLoopGroup(group)
        .channelType(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
        .build();
  }

  /** One of the threads, for timers. */
  public ScheduledExecutorService timer() {
    return group.next();
  }

  /** Runs at once when called on one of the threads, else on any of them. */
  public Executor executor() {
    return task -> {
      if (current().isPresent()) {
        task.run();
      } else {
        group.execute(task);
      }
    };
  }

  /** The thread that calls, if it is one of these: to be come back to later. */
  public Optional<Executor> current() {
    for (EventExecutor loop : group) {
      if (loop.inEventLoop()) {
        return Optional.of(loop);
      }
    }
    return Optional.empty();
  }

  MultiThreadIoEventLoopGroup group() {
    return group;
  }

  static Class<? extends ServerChannel> serverChannel() {
    return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  @Override
  public void close() {
    group
        .shutdownGracefully(0, CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_MILLIS_MAX);
  }
}
