package dev.rollcall.raft.transport;

import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC settings between members, each on purpose.
 *
 * <ul>
 *   <li>directExecutor: no handler here blocks, and a hop to a pool costs more than the work.
 *   <li>Keepalive: a ping after 10 s of silence (the least that gRPC allows a client), and the
 *       connection is dropped 2 s later, so a peer whose machine vanished is noticed in seconds,
 *       and its connections do not sit out TCP's retransmissions of many minutes. A server allows
 *       twice as many.
 *   <li>Inbound messages up to 8 MiB: an AppendEntries is 1 MiB plus one entry of at most 1.5 MiB.
 *   <li>Flow control window of 4 MiB: a few appends in flight, whatever the round trip.
 *   <li>No retries: gRPC would keep a copy of every message to send it again; Raft sends anew.
 *   <li>Back-off: gRPC's own grows to two minutes; lanes end it after at most 1 s, well under a
 *       failover.
 * </ul>
 *
 * <p>Whoever makes the builders adds event loops and a connect timeout of about a second, without
 * which a connection attempt into a partition outlives it by half a minute.
 */
public final class PeerSettings {
  /** Longest message between members. */
  public static final int MESSAGE_BYTES_MAX = 8 << 20;

  private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;
  private static final long KEEPALIVE_SECONDS = 10;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 2;

  private PeerSettings() {}

  /** For a connection to a member's peer port. */
  public static NettyChannelBuilder client(NettyChannelBuilder builder) {
    return builder
        .directExecutor()
        .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
        .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
        .disableRetry();
  }

  /** For the peer port. */
  public static NettyServerBuilder server(NettyServerBuilder builder) {
    return builder
        .directExecutor()
        .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveTime(KEEPALIVE_SECONDS / 2, TimeUnit.SECONDS)
        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
        .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES);
  }
}
