package dev.rollcall.server.forward;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.core.NodeId;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Carries rare unary calls to another member's node, over a connection for each. Blocks: for
 * virtual threads.
 */
public final class GrpcPeerCalls {
  private final Function<NodeId, Optional<String>> addresses;
  private final ByteString historyId;
  private final Function<String, ManagedChannel> channels;

  /**
   * Opens nothing yet.
   *
   * @param addresses where a member's peers reach it
   * @param channels opens a new connection to a peer address; closed here
   */
  public GrpcPeerCalls(
      Function<NodeId, Optional<String>> addresses,
      ByteString historyId,
      Function<String, ManagedChannel> channels) {
    this.addresses = addresses;
    this.historyId = historyId;
    this.channels = channels;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @return empty when nobody knows where the node is
   * @throws io.grpc.StatusRuntimeException as the node answers, or as gRPC does for it
   */
  public <Q, A> Optional<A> ask(
      NodeId node, MethodDescriptor<Q, A> method, Q request, long waitNanos) {
    Optional<String> address = addresses.apply(node);
    if (address.isEmpty()) {
      return Optional.empty();
    }
    ManagedChannel channel = channels.apply(address.get());
    try {
      var headers =
          MetadataUtils.newAttachHeadersInterceptor(LaneIdentity.headers(historyId, node));
      return Optional.of(
          ClientCalls.blockingUnaryCall(
              ClientInterceptors.intercept(channel, headers),
              method,
              CallOptions.DEFAULT.withDeadlineAfter(waitNanos, TimeUnit.NANOSECONDS),
              request));
    } finally {
      channel.shutdownNow();
    }
  }
}
