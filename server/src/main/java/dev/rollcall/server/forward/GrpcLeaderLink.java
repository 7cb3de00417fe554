package dev.rollcall.server.forward;

import com.google.protobuf.ByteString;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.replication.ForwardAnswer;
import dev.rollcall.server.replication.ForwardAnswer.Reason;
import dev.rollcall.server.replication.ForwardRequest;
import dev.rollcall.server.replication.LeaderLink;
import io.grpc.ManagedChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Carries requests to the leader's node over gRPC: one channel and one lane to each node that leads
 * or led. A lane that broke is opened again by the next request, at most every {@value
 * #PAUSE_MILLIS} ms.
 */
public final class GrpcLeaderLink implements LeaderLink, AutoCloseable {
  private static final long PAUSE_MILLIS = 50;

  private final Function<NodeId, Optional<String>> addresses;
  private final ByteString historyId;
  private final Function<String, ManagedChannel> channels;
  private final Clock clock;
  private final LongAdder sent = new LongAdder();
  // Guarded by this.
  private final Map<Target, Connection> connections = new HashMap<>();
  private boolean closed;

  /**
   * Opens nothing yet.
   *
   * @param addresses where a member's peers reach it
   * @param channels opens a new connection to a peer address; closed here
   */
  public GrpcLeaderLink(
      Function<NodeId, Optional<String>> addresses,
      ByteString historyId,
      Function<String, ManagedChannel> channels,
      Clock clock) {
    this.addresses = addresses;
    this.historyId = historyId;
    this.channels = channels;
    this.clock = clock;
  }

  /** A node at an address; when it moves, it is another one to connect to. */
  private record Target(NodeId node, String address) {}

  private static final class Connection {
    final ManagedChannel channel;
    @Nullable Lane lane;
    long openedNanos;

    Connection(ManagedChannel channel) {
      this.channel = channel;
    }
  }

  /** Requests sent so far. */
  public long sent() {
    return sent.sum();
  }

  @Override
  public void send(NodeId leader, ForwardRequest request, Consumer<ForwardAnswer> answer) {
    Lane lane = lane(leader);
    if (lane == null) {
      answer.accept(new ForwardAnswer.Refused(Reason.NOT_LEADER));
      return;
    }
    sent.increment();
    lane.send(ForwardCodec.toMessage(request), answer);
  }

  @Override
  public void close() {
    List<Connection> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(connections.values());
      connections.clear();
    }
    for (Connection connection : all) {
      Lane lane = connection.lane;
      if (lane != null) {
        lane.close();
      }
      connection.channel.shutdownNow();
    }
  }

  private synchronized @Nullable Lane lane(NodeId leader) {
    if (closed) {
      return null;
    }
    Connection connection = connection(leader);
    if (connection == null) {
      return null;
    }
    Lane lane = connection.lane;
    if (lane != null && !lane.isBroken()) {
      return lane;
    }
    long now = clock.nanoTime();
    boolean soon =
        lane != null && now - connection.openedNanos < TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
    if (soon) {
      return null;
    }
    connection.openedNanos = now;
    // gRPC's own back-off between connections grows to minutes; an election takes a second.
    connection.channel.resetConnectBackoff();
    Lane opened = Lane.open(connection.channel, LaneIdentity.headers(historyId, leader));
    connection.lane = opened;
    return opened;
  }

  private @Nullable Connection connection(NodeId leader) {
    return addresses
        .apply(leader)
        .map(address -> connections.computeIfAbsent(new Target(leader, address), this::connect))
        .orElse(null);
  }

  private Connection connect(Target target) {
    return new Connection(channels.apply(target.address()));
  }
}
