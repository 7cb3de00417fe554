package dev.rollcall.server.registration;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.api.CallDeadline;
import dev.rollcall.server.api.Headers;
import dev.rollcall.server.api.OpenStreams;
import dev.rollcall.server.api.Reply;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.replication.Registry;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.RequestCodec;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.DeregisterResponse;
import dev.rollcall.v1.GrantLeaseRequest;
import dev.rollcall.v1.GrantLeaseResponse;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.KeepAliveResponse;
import dev.rollcall.v1.OpenSessionRequest;
import dev.rollcall.v1.OpenSessionResponse;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RegisterResponse;
import dev.rollcall.v1.RegistrationGrpc;
import dev.rollcall.v1.RevokeLeaseRequest;
import dev.rollcall.v1.RevokeLeaseResponse;
import dev.rollcall.v1.SetLifecycleRequest;
import dev.rollcall.v1.SetLifecycleResponse;
import dev.rollcall.v1.UpdateRequest;
import dev.rollcall.v1.UpdateResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The gRPC service {@code rollcall.v1.Registration}. */
public final class RegistrationService extends RegistrationGrpc.RegistrationImplBase {
  private final Parts parts;

  /**
   * What the service needs of its node.
   *
   * @param revision the node's, now
   * @param open keeps the keepalive streams, so that a stopping node can end them
   */
  public record Parts(
      Registry registry, Clock clock, Headers headers, LongSupplier revision, OpenStreams open) {}

  /** Over the node's one door to the registry. */
  public RegistrationService(Parts parts) {
    this.parts = parts;
  }

  @Override
  public void register(RegisterRequest request, StreamObserver<RegisterResponse> observer) {
    Reply<RegisterResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::registered));
  }

  @Override
  public void update(UpdateRequest request, StreamObserver<UpdateResponse> observer) {
    Reply<UpdateResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::updated));
  }

  @Override
  public void setLifecycle(
      SetLifecycleRequest request, StreamObserver<SetLifecycleResponse> observer) {
    Reply<SetLifecycleResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::lifecycleSet));
  }

  @Override
  public void deregister(DeregisterRequest request, StreamObserver<DeregisterResponse> observer) {
    Reply<DeregisterResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::deregistered));
  }

  @Override
  public void grantLease(GrantLeaseRequest request, StreamObserver<GrantLeaseResponse> observer) {
    Reply<GrantLeaseResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::leaseGranted));
  }

  @Override
  public void revokeLease(
      RevokeLeaseRequest request, StreamObserver<RevokeLeaseResponse> observer) {
    Reply<RevokeLeaseResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::leaseRevoked));
  }

  @Override
  public void openSession(
      OpenSessionRequest request, StreamObserver<OpenSessionResponse> observer) {
    Reply<OpenSessionResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(Request.of(new Command.OpenSession()), reply, this::sessionOpened));
  }

  @Override
  public StreamObserver<KeepAliveRequest> keepAlive(StreamObserver<KeepAliveResponse> observer) {
    return KeepAliveStream.open(parts, (ServerCallStreamObserver<KeepAliveResponse>) observer);
  }

  private <T> void submit(Request request, Reply<T> reply, Function<Outcome, T> answer) {
    long deadlineNanos = CallDeadline.nanos(parts.clock());
    parts.registry().submit(request, deadlineNanos, result -> reply.answer(result, answer));
  }

  private RegisterResponse registered(Outcome outcome) {
    if (!(outcome instanceof Outcome.Registered registered)) {
      throw StatusMapper.refused(outcome);
    }
    return RegisterResponse.newBuilder()
        .setHeader(parts.headers().at(registered.revision()))
        .setLeaseId(registered.leaseId())
        .setTtlMillis(registered.ttlMillis())
        .build();
  }

  private UpdateResponse updated(Outcome outcome) {
    if (!(outcome instanceof Outcome.Updated updated)) {
      throw StatusMapper.refused(outcome);
    }
    return UpdateResponse.newBuilder()
        .setHeader(parts.headers().at(updated.revision()))
        .setInstance(updated.instance().message())
        .build();
  }

  private SetLifecycleResponse lifecycleSet(Outcome outcome) {
    if (!(outcome instanceof Outcome.Updated updated)) {
      throw StatusMapper.refused(outcome);
    }
    return SetLifecycleResponse.newBuilder()
        .setHeader(parts.headers().at(updated.revision()))
        .setInstance(updated.instance().message())
        .build();
  }

  private DeregisterResponse deregistered(Outcome outcome) {
    if (!(outcome instanceof Outcome.Deregistered deregistered)) {
      throw StatusMapper.refused(outcome);
    }
    return DeregisterResponse.newBuilder()
        .setHeader(parts.headers().at(deregistered.revision()))
        .build();
  }

  private GrantLeaseResponse leaseGranted(Outcome outcome) {
    if (!(outcome instanceof Outcome.LeaseGranted granted)) {
      throw StatusMapper.refused(outcome);
    }
    return GrantLeaseResponse.newBuilder()
        .setHeader(parts.headers().at(granted.revision()))
        .setLeaseId(granted.leaseId())
        .setTtlMillis(granted.ttlMillis())
        .build();
  }

  private RevokeLeaseResponse leaseRevoked(Outcome outcome) {
    if (!(outcome instanceof Outcome.LeaseRevoked revoked)) {
      throw StatusMapper.refused(outcome);
    }
    return RevokeLeaseResponse.newBuilder()
        .setHeader(parts.headers().at(revoked.revision()))
        .setInstances(revoked.instances())
        .build();
  }

  private OpenSessionResponse sessionOpened(Outcome outcome) {
    if (!(outcome instanceof Outcome.SessionOpened opened)) {
      throw StatusMapper.refused(outcome);
    }
    return OpenSessionResponse.newBuilder()
        .setHeader(parts.headers().at(opened.revision()))
        .setSessionId(opened.sessionId())
        .build();
  }
}
