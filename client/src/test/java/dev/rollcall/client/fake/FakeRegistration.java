package dev.rollcall.client.fake;

import dev.rollcall.client.fake.FakeCluster.FakeLease;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.DeregisterResponse;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.GrantLeaseRequest;
import dev.rollcall.v1.GrantLeaseResponse;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.InstanceKey;
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
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.function.Supplier;

/** The service Registration of a fake node. */
final class FakeRegistration extends RegistrationGrpc.RegistrationImplBase {
  private final FakeNode node;

  FakeRegistration(FakeNode node) {
    this.node = node;
  }

  @Override
  public void register(RegisterRequest request, StreamObserver<RegisterResponse> observer) {
    answer(
        node,
        observer,
        () -> {
          node.requireQuorum();
          if (request.getTtlMillis() < 1_000 || request.getTtlMillis() > 86_400_000) {
            throw Refusals.of(ErrorReason.TTL_OUT_OF_RANGE, "TTL must be 1 s to 24 h");
          }
          Instance instance = request.getInstances(0);
          FakeCluster.Registered registered =
              node.cluster().register(instance, Duration.ofMillis(request.getTtlMillis()));
          return RegisterResponse.newBuilder()
              .setHeader(node.header(registered.revision()))
              .setLeaseId(registered.lease().id)
              .setTtlMillis(registered.lease().ttl.toMillis())
              .build();
        });
  }

  @Override
  public void update(UpdateRequest request, StreamObserver<UpdateResponse> observer) {
    answer(
        node,
        observer,
        () -> {
          node.requireQuorum();
          InstanceKey key =
              FakeCluster.key(request.getKey().getService(), request.getKey().getInstanceId());
          Instance updated =
              node.cluster()
                  .update(
                      key,
                      request.getIncarnation(),
                      live -> live.toBuilder().setStatus(request.getStatus()).build());
          return UpdateResponse.newBuilder()
              .setHeader(node.header(updated.getModRevision()))
              .setInstance(updated)
              .build();
        });
  }

  @Override
  public void setLifecycle(
      SetLifecycleRequest request, StreamObserver<SetLifecycleResponse> observer) {
    answer(
        node,
        observer,
        () -> {
          node.requireQuorum();
          InstanceKey key =
              FakeCluster.key(request.getKey().getService(), request.getKey().getInstanceId());
          Instance changed =
              node.cluster()
                  .update(
                      key,
                      request.getIncarnation(),
                      live ->
                          live.toBuilder()
                              .setLifecycle(request.getLifecycle())
                              .setDrainDeadlineMillis(request.getGraceMillis())
                              .build());
          return SetLifecycleResponse.newBuilder()
              .setHeader(node.header(changed.getModRevision()))
              .setInstance(changed)
              .build();
        });
  }

  @Override
  public void deregister(DeregisterRequest request, StreamObserver<DeregisterResponse> observer) {
    answer(
        node,
        observer,
        () -> {
          node.requireQuorum();
          InstanceKey key = request.getKey();
          long revision =
              node.cluster()
                  .remove(key.getService(), key.getInstanceId(), request.getIncarnation());
          return DeregisterResponse.newBuilder().setHeader(node.header(revision)).build();
        });
  }

  @Override
  public void grantLease(GrantLeaseRequest request, StreamObserver<GrantLeaseResponse> observer) {
    answer(
        node,
        observer,
        () -> {
          node.requireQuorum();
          FakeLease lease = node.cluster().grant(Duration.ofMillis(request.getTtlMillis()));
          return GrantLeaseResponse.newBuilder()
              .setHeader(node.header())
              .setLeaseId(lease.id)
              .setTtlMillis(lease.ttl.toMillis())
              .build();
        });
  }

  @Override
  public void revokeLease(
      RevokeLeaseRequest request, StreamObserver<RevokeLeaseResponse> observer) {
    answer(
        node,
        observer,
        () -> {
          node.requireQuorum();
          node.cluster().revoke(request.getLeaseId());
          return RevokeLeaseResponse.newBuilder().setHeader(node.header()).build();
        });
  }

  @Override
  public void openSession(
      OpenSessionRequest request, StreamObserver<OpenSessionResponse> observer) {
    answer(
        node,
        observer,
        () -> {
          node.requireQuorum();
          return OpenSessionResponse.newBuilder()
              .setHeader(node.header())
              .setSessionId(node.cluster().openSession())
              .build();
        });
  }

  @Override
  public StreamObserver<KeepAliveRequest> keepAlive(StreamObserver<KeepAliveResponse> observer) {
    FakeKeepAliveStream stream = new FakeKeepAliveStream(node, observer);
    node.keepAliveStreams().add(stream);
    return stream;
  }

  /** Answers as the node's switches say. */
  static <A> void answer(FakeNode node, StreamObserver<A> observer, Supplier<A> execution) {
    try {
      node.failBefore();
      if (node.isSilent()) {
        return;
      }
      A answer = execution.get();
      node.failAfter();
      observer.onNext(answer);
      observer.onCompleted();
    } catch (StatusRuntimeException e) {
      observer.onError(e);
    }
  }
}
