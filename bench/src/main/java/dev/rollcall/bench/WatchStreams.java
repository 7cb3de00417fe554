package dev.rollcall.bench;

import dev.rollcall.v1.CreateWatch;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.WatchMode;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Watch streams to one node, as a client would have them: every message is decoded, and every watch
 * it is for is told of each delta in it. Any thread.
 */
final class WatchStreams implements AutoCloseable {
  private static final int STREAMS_A_CONNECTION = 250;
  private static final int STREAMS_OPENING = 500;
  private static final long PATIENCE_SECONDS = 120;
  private static final int MESSAGE_BYTES_MAX = 16 << 20;

  /** A server may have been started just now. */
  private static final CallOptions WAITING = CallOptions.DEFAULT.withWaitForReady();

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<ClientCall<WatchRequest, WatchResponse>> calls = new ArrayList<>();
  private final Told told;
  private volatile String failure = "";

  /** Hears of what the watches are told; on the threads of the connections. */
  interface Told {
    /** One watch was told of one delta of one revision. */
    void delta(long watchId, long revision);

    /** A message came. */
    default void message(WatchResponse message) {}
  }

  /**
   * Opens them and waits until each watch has its snapshot.
   *
   * @param service watched by all of them
   */
  WatchStreams(String endpoint, String service, int streams, int watchesEach, Told told) {
    this.told = told;
    int connections = Math.max(4, streams / STREAMS_A_CONNECTION);
    for (int i = 0; i < Math.min(streams, connections); i++) {
      channels.add(
          Grpc.newChannelBuilder("dns:///" + endpoint, InsecureChannelCredentials.create())
              .directExecutor()
              .maxInboundMessageSize(MESSAGE_BYTES_MAX)
              .build());
    }
    for (int from = 0; from < streams; from += STREAMS_OPENING) {
      open(service, from, Math.min(streams, from + STREAMS_OPENING), watchesEach);
    }
  }

  /** Streams that send their watch and then never read. */
  static WatchStreams stalled(String endpoint, String service, int streams) {
    var stalled = new WatchStreams(endpoint, service, 0, 1, (id, revision) -> {});
    for (int i = 0; i < 4; i++) {
      stalled.channels.add(
          Grpc.newChannelBuilder("dns:///" + endpoint, InsecureChannelCredentials.create())
              .directExecutor()
              .build());
    }
    for (int i = 0; i < streams; i++) {
      var call = stalled.channels.get(i % 4).newCall(DiscoveryGrpc.getWatchMethod(), WAITING);
      call.start(new ClientCall.Listener<>() {}, new Metadata());
      call.sendMessage(create(1, service));
      stalled.calls.add(call);
    }
    return stalled;
  }

  /** Throws when a stream has ended. */
  void requireWhole() {
    if (!failure.isEmpty()) {
      throw new IllegalStateException("a watch stream ended: " + failure);
    }
  }

  @Override
  public void close() {
    calls.forEach(call -> call.cancel("measured", null));
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private void open(String service, int from, int to, int watchesEach) {
    var standing = new CountDownLatch((to - from) * watchesEach);
    for (int i = from; i < to; i++) {
      var channel = channels.get(i % channels.size());
      var call = channel.newCall(DiscoveryGrpc.getWatchMethod(), WAITING);
      call.start(new Reader(call, standing), new Metadata());
      call.request(64);
      for (int watch = 1; watch <= watchesEach; watch++) {
        call.sendMessage(create(watch, service));
      }
      calls.add(call);
    }
    try {
      if (!standing.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(standing.getCount() + " watches do not stand; " + failure);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static WatchRequest create(long id, String service) {
    return WatchRequest.newBuilder()
        .setCreate(
            CreateWatch.newBuilder()
                .setWatchId(id)
                .setService(service)
                .setMode(WatchMode.WATCH_MODE_STATE))
        .build();
  }

  /** Takes what comes on one stream. */
  private final class Reader extends ClientCall.Listener<WatchResponse> {
    private final ClientCall<WatchRequest, WatchResponse> call;
    private final CountDownLatch standing;

    Reader(ClientCall<WatchRequest, WatchResponse> call, CountDownLatch standing) {
      this.call = call;
      this.standing = standing;
    }

    @Override
    public void onMessage(WatchResponse message) {
      call.request(1);
      told.message(message);
      if (message.hasDeltas()) {
        for (var delta : message.getDeltas().getDeltasList()) {
          for (int i = 0; i < message.getWatchIdsCount(); i++) {
            told.delta(message.getWatchIds(i), delta.getRevision());
          }
        }
      } else if (message.hasSnapshot() && message.getSnapshot().getLast()) {
        for (int i = 0; i < message.getWatchIdsCount(); i++) {
          standing.countDown();
        }
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      failure = status.toString();
    }
  }
}
