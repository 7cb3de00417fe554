package dev.rollcall.raft.transport;

import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.v1.RaftPeerGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A peer port on loopback that the system chose, so that addresses are known before nodes are. */
final class LoopbackPeer implements AutoCloseable {
  final PeerService service =
      new PeerService(
          this::introduce,
          admission -> CompletableFuture.failedFuture(new IllegalStateException("nobody waits")));
  private volatile @Nullable UnaryOperator<Introduction> introducer;
  private final int port;
  private Server server;

  LoopbackPeer() {
    server = serve(0);
    port = server.getPort();
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  /** From now on Identify is answered by this; before, by an error. */
  void introduceBy(UnaryOperator<Introduction> introducer) {
    this.introducer = introducer;
  }

  /** The port is closed, and every connection with it. */
  void goDown() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination(30, TimeUnit.SECONDS);
  }

  void comeBack() {
    server = serve(port);
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  static ManagedChannel channel(String address) {
    return PeerSettings.client(NettyChannelBuilder.forTarget(address)).usePlaintext().build();
  }

  private Introduction introduce(Introduction asker) {
    return Objects.requireNonNull(introducer).apply(asker);
  }

  /** As if nobody listened yet. */
  private <Q, A> ServerCall.Listener<Q> unlessNobodyIsHere(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (introducer == null && call.getMethodDescriptor().equals(RaftPeerGrpc.getIdentifyMethod())) {
      call.close(Status.UNAVAILABLE, new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return next.startCall(call, headers);
  }

  private Server serve(int onPort) {
    try {
      return PeerSettings.server(
              NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort)))
          .addService(service)
          .intercept(
              new ServerInterceptor() {
                @Override
                public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                  return unlessNobodyIsHere(call, headers, next);
                }
              })
          .build()
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
