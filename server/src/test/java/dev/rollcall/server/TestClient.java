package dev.rollcall.server;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.rollcall.server.config.HostPort;
import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.Consistency;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.InstanceKey;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.KeepAliveResponse;
import dev.rollcall.v1.OpenSessionRequest;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RegisterResponse;
import dev.rollcall.v1.RegistrationGrpc;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.ResolveResponse;
import dev.rollcall.v1.WatchRequest;
import dev.rollcall.v1.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A plain gRPC client of one node, for tests. */
final class TestClient implements AutoCloseable {
  private static final long WAIT_SECONDS = 60;

  private final ManagedChannel channel;

  TestClient(HostPort address) {
    channel = NettyChannelBuilder.forAddress(address.socketAddress()).usePlaintext().build();
  }

  ManagedChannel channel() {
    return channel;
  }

  RegistrationGrpc.RegistrationBlockingStub registration() {
    return RegistrationGrpc.newBlockingStub(channel)
        .withDeadlineAfter(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  DiscoveryGrpc.DiscoveryBlockingStub discovery() {
    return DiscoveryGrpc.newBlockingStub(channel).withDeadlineAfter(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  ClusterGrpc.ClusterBlockingStub cluster() {
    return ClusterGrpc.newBlockingStub(channel).withDeadlineAfter(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  RegisterResponse register(String service, String id, long ttlMillis) {
    return registration()
        .register(
            RegisterRequest.newBuilder()
                .addInstances(instance(service, id))
                .setTtlMillis(ttlMillis)
                .build());
  }

  /** A new session, however often a change of leader makes it uncertain that there is one. */
  long openSession() {
    while (true) {
      try {
        return registration().openSession(OpenSessionRequest.getDefaultInstance()).getSessionId();
      } catch (StatusRuntimeException failure) {
        if (!reason(failure).endsWith("OUTCOME_UNKNOWN")) {
          throw failure;
        }
      }
    }
  }

  ResolveResponse resolve(String service) {
    return discovery().resolve(ResolveRequest.newBuilder().setService(service).build());
  }

  ResolveResponse resolveAny(String service) {
    var any = Consistency.newBuilder().setAny(dev.rollcall.v1.Any.getDefaultInstance());
    return discovery()
        .resolve(ResolveRequest.newBuilder().setService(service).setConsistency(any).build());
  }

  List<String> ids(String service) {
    return resolve(service).getInstancesList().stream().map(Instance::getInstanceId).toList();
  }

  Stream<KeepAliveRequest, KeepAliveResponse> keepAlive() {
    return new Stream<>(RegistrationGrpc.newStub(channel)::keepAlive);
  }

  Stream<WatchRequest, WatchResponse> watch() {
    return new Stream<>(DiscoveryGrpc.newStub(channel)::watch);
  }

  static Instance instance(String service, String id) {
    return Instance.newBuilder()
        .setService(service)
        .setInstanceId(id)
        .setIncarnation(1)
        .addEndpoints(Endpoint.newBuilder().setProtocol("http").setHost("127.0.0.1").setPort(8080))
        .build();
  }

  static InstanceKey key(String service, String id) {
    return InstanceKey.newBuilder().setService(service).setInstanceId(id).build();
  }

  /** The reason, and the status code before it, with which the call is refused. */
  static String refusal(ThrowingCallable call) {
    return reason(Assertions.catchThrowableOfType(StatusRuntimeException.class, call));
  }

  static String reason(Throwable failure) {
    var status = Objects.requireNonNull(StatusProto.fromThrowable(failure), failure.toString());
    String code = Status.fromCodeValue(status.getCode()).getCode().name();
    for (Any detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return code + " " + detail.unpack(ErrorInfo.class).getReason();
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    return code;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /** A stream both ways whose messages are taken one by one. */
  static final class Stream<A, B> implements StreamObserver<B> {
    private final LinkedBlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private final StreamObserver<A> requests;

    Stream(Function<StreamObserver<B>, StreamObserver<A>> open) {
      requests = open.apply(this);
    }

    void send(A request) {
      requests.onNext(request);
    }

    void end() {
      requests.onCompleted();
    }

    /** The next message. */
    @SuppressWarnings("unchecked")
    B next() {
      Object next = take();
      if (next instanceof Throwable failure) {
        throw new AssertionError("the stream ended: " + reason(failure), failure);
      }
      return (B) next;
    }

    /** How the stream ended, skipping what was said before. */
    String ending() {
      while (true) {
        switch (take()) {
          case Throwable failure -> {
            return reason(failure);
          }
          case Status.Code code -> {
            return code.name();
          }
          case Object message -> {}
        }
      }
    }

    private Object take() {
      try {
        return Objects.requireNonNull(heard.poll(WAIT_SECONDS, TimeUnit.SECONDS), "silence");
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void onNext(B message) {
      heard.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      heard.add(failure);
    }

    @Override
    public void onCompleted() {
      heard.add(Status.Code.OK);
    }
  }
}
