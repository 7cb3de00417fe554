package dev.rollcall.server.forward;

import com.google.protobuf.ByteString;
import dev.rollcall.forward.v1.ForwardRequest;
import dev.rollcall.forward.v1.ForwardResponse;
import dev.rollcall.forward.v1.ForwardingGrpc;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.server.api.SerialStream;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.replication.Registry;
import dev.rollcall.v1.ErrorReason;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC service {@code rollcall.forward.v1.Forwarding}: another node's clients, through it. */
public final class ForwardingService extends ForwardingGrpc.ForwardingImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(ForwardingService.class);

  private final Registry registry;

  private ForwardingService(Registry registry) {
    this.registry = registry;
  }

  /** The service of this node, refusing lanes that were meant for another node or history. */
  public static ServerServiceDefinition of(Registry registry, ByteString historyId, NodeId self) {
    return refusingOthers(new ForwardingService(registry), historyId, self);
  }

  /** A service of this node for other members, refusing what was meant for another or history. */
  public static ServerServiceDefinition refusingOthers(
      BindableService service, ByteString historyId, NodeId self) {
    return ServerInterceptors.intercept(service, new RefuseOthers(historyId, self));
  }

  @Override
  public StreamObserver<ForwardRequest> forward(StreamObserver<ForwardResponse> observer) {
    var out = new SerialStream<>((ServerCallStreamObserver<ForwardResponse>) observer);
    // The asking side sends nothing before it: so it knows what certainly never arrived.
    out.send(ForwardResponse.getDefaultInstance());
    return new StreamObserver<>() {
      @Override
      public void onNext(ForwardRequest message) {
        // What this version does not know stays unanswered: the asking side keeps the deadline.
        ForwardCodec.fromMessage(message)
            .ifPresent(request ->
                registry.onForwarded(
                    request, answer -> out.send(ForwardCodec.toMessage(request.id(), answer))));
      }

      @Override
      public void onError(Throwable failure) {
        LOG.debug("forwarding lane broke: {}", failure.toString());
      }

      @Override
      public void onCompleted() {
        out.end();
      }
    };
  }

  private record RefuseOthers(ByteString historyId, NodeId self) implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      if (LaneIdentity.isMeantFor(headers, historyId, self)) {
        return next.startCall(call, headers);
      }
      StatusRuntimeException refusal =
          StatusMapper.status(
              ErrorReason.HISTORY_CHANGED, "this is node " + self + " of another history or name");
      Metadata trailers = refusal.getTrailers();
      call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
      return new ServerCall.Listener<>() {};
    }
  }
}
