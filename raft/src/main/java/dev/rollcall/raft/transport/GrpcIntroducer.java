package dev.rollcall.raft.transport;

import dev.rollcall.raft.bootstrap.Admission;
import dev.rollcall.raft.bootstrap.Introducer;
import dev.rollcall.raft.bootstrap.Introduction;
import dev.rollcall.raft.v1.AdmitResponse;
import dev.rollcall.raft.v1.IdentifyRequest;
import dev.rollcall.raft.v1.IdentifyResponse;
import dev.rollcall.raft.v1.RaftPeerGrpc;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Asks peers over gRPC who they are, and lets them in; one connection each, dropped with this
 * introducer.
 */
public final class GrpcIntroducer implements Introducer, AutoCloseable {
  private static final long DEADLINE_MILLIS = 1_000;

  /** The node makes its log before it answers. */
  private static final long ADMISSION_DEADLINE_MILLIS = 10_000;

  private final Function<String, ManagedChannel> channels;
  private final Map<String, ManagedChannel> open = new ConcurrentHashMap<>();

  /**
   * Begins with no connection.
   *
   * @param channels opens a new connection to a peer address, with {@link PeerSettings#client}; not
   *     shared with anybody, since it is closed here
   */
  public GrpcIntroducer(Function<String, ManagedChannel> channels) {
    this.channels = channels;
  }

  @Override
  public CompletableFuture<Introduction> introduce(String address, Introduction self) {
    ManagedChannel channel = open.computeIfAbsent(address, channels);
    channel.resetConnectBackoff();
    Answer answer = new Answer();
    ClientCalls.asyncUnaryCall(
        channel.newCall(
            RaftPeerGrpc.getIdentifyMethod(),
            CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)),
        IdentifyRequest.newBuilder().setIdentity(IntroductionCodec.encode(self)).build(),
        answer);
    return answer.introduction;
  }

  /**
   * Tells the node at {@code address} that it was let in.
   *
   * @return completed once the node has it durably; exceptionally when it did not answer or will
   *     not have it
   */
  public CompletableFuture<Void> admit(String address, Admission admission) {
    ManagedChannel channel = open.computeIfAbsent(address, channels);
    channel.resetConnectBackoff();
    var done = new CompletableFuture<Void>();
    ClientCalls.asyncUnaryCall(
        channel.newCall(
            RaftPeerGrpc.getAdmitMethod(),
            CallOptions.DEFAULT.withDeadlineAfter(
                ADMISSION_DEADLINE_MILLIS, TimeUnit.MILLISECONDS)),
        IntroductionCodec.encode(admission),
        new Taken(done));
    return done;
  }

  @Override
  public void close() {
    open.values().forEach(ManagedChannel::shutdownNow);
  }

  private record Taken(CompletableFuture<Void> done) implements StreamObserver<AdmitResponse> {
    @Override
    public void onNext(AdmitResponse response) {
      done.complete(null);
    }

    @Override
    public void onError(Throwable cause) {
      done.completeExceptionally(cause);
    }

    @Override
    public void onCompleted() {
      done.complete(null);
    }
  }

  private static final class Answer implements StreamObserver<IdentifyResponse> {
    private final CompletableFuture<Introduction> introduction = new CompletableFuture<>();

    @Override
    public void onNext(IdentifyResponse response) {
      try {
        introduction.complete(IntroductionCodec.decode(response.getIdentity()));
      } catch (IllegalArgumentException e) {
        introduction.completeExceptionally(e);
      }
    }

    @Override
    public void onError(Throwable cause) {
      introduction.completeExceptionally(cause);
    }

    @Override
    public void onCompleted() {
      introduction.completeExceptionally(new IllegalStateException("an answer without content"));
    }
  }
}
