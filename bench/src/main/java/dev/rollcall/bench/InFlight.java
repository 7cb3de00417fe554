package dev.rollcall.bench;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** A client that keeps so many calls open at a server, over four connections. Any thread. */
final class InFlight implements AutoCloseable {
  private static final int CONNECTIONS = 4;

  /** A server may have been started just now. */
  private static final CallOptions OPTIONS = CallOptions.DEFAULT.withWaitForReady();

  private static final int ANSWER_BYTES_MAX = 64 << 20;

  private final MethodDescriptor<byte[], byte[]> method;
  private final List<ManagedChannel> channels = new ArrayList<>();

  InFlight(String endpoint, String fullMethodName) {
    method = Bytes.method(fullMethodName);
    for (int i = 0; i < CONNECTIONS; i++) {
      channels.add(
          Grpc.newChannelBuilder("dns:///" + endpoint, InsecureChannelCredentials.create())
              .directExecutor()
              .maxInboundMessageSize(ANSWER_BYTES_MAX)
              .build());
    }
  }

  /** One call. */
  byte[] ask(byte[] request) {
    return ClientCalls.blockingUnaryCall(channels.getFirst(), method, OPTIONS, request);
  }

  /**
   * So many calls, each with its own request.
   *
   * @param request by number, from 0
   */
  void run(int inFlight, long calls, LongFunction<byte[]> request) {
    keep(inFlight, number -> number < calls ? request.apply(number) : new byte[0]);
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  /** An empty request is the end. */
  private void keep(int inFlight, LongFunction<byte[]> requests) {
    var next = new AtomicLong();
    var all = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < inFlight; i++) {
      var lane = new Lane(channels.get(i % CONNECTIONS), requests, next);
      all.add(lane.over);
      lane.onCompleted();
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).join();
  }

  /** One call after the other. */
  private final class Lane implements StreamObserver<byte[]> {
    private final ManagedChannel channel;
    private final LongFunction<byte[]> requests;
    private final AtomicLong next;
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    Lane(ManagedChannel channel, LongFunction<byte[]> requests, AtomicLong next) {
      this.channel = channel;
      this.requests = requests;
      this.next = next;
    }

    @Override
    public void onNext(byte[] answer) {}

    @Override
    public void onError(Throwable failure) {
      over.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      byte[] request = requests.apply(next.getAndIncrement());
      if (request.length == 0) {
        over.complete(null);
      } else {
        ClientCalls.asyncUnaryCall(channel.newCall(method, OPTIONS), request, this);
      }
    }
  }
}
