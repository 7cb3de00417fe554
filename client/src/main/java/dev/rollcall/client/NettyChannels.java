package dev.rollcall.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;

/**
 * Plain-text connections over TCP. The settings, each on purpose:
 *
 * <ul>
 *   <li>directExecutor: answers are parsed on the network thread and handed to the event loop; no
 *       pool in between.
 *   <li>HTTP/2 pings after 10 s of silence (the least gRPC allows), 3 s for the answer: a watch on
 *       a quiet service notices a node that vanished without a word.
 *   <li>no retries by gRPC: only we know what is safe to repeat, and where.
 *   <li>answers up to 64 MiB: the instances of the largest service in one answer.
 *   <li>no idle timeout to speak of: streams live as long as the client.
 * </ul>
 */
final class NettyChannels implements ChannelFactory {
  private static final int ANSWER_BYTES_MAX = 64 << 20;

  @Override
  public ManagedChannel channel(String endpoint) {
    return NettyChannelBuilder.forTarget("dns:///" + endpoint)
        .usePlaintext()
        .directExecutor()
        .disableRetry()
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(3, TimeUnit.SECONDS)
        .maxInboundMessageSize(ANSWER_BYTES_MAX)
        .userAgent("rollcall-client")
        .build();
  }
}
