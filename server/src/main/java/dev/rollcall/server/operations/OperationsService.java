package dev.rollcall.server.operations;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.api.CallDeadline;
import dev.rollcall.server.api.ConsistencyCodec;
import dev.rollcall.server.api.Headers;
import dev.rollcall.server.api.Reply;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.replication.ReadPoint;
import dev.rollcall.server.replication.Registry;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.RequestCodec;
import dev.rollcall.store.SpecCodec;
import dev.rollcall.store.StandingCodec;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.v1.ClearOverrideRequest;
import dev.rollcall.v1.ClearOverrideResponse;
import dev.rollcall.v1.DeleteServiceSpecRequest;
import dev.rollcall.v1.DeleteServiceSpecResponse;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.GetServiceSpecRequest;
import dev.rollcall.v1.GetServiceSpecResponse;
import dev.rollcall.v1.GuardStatusRequest;
import dev.rollcall.v1.GuardStatusResponse;
import dev.rollcall.v1.ListOverridesRequest;
import dev.rollcall.v1.ListOverridesResponse;
import dev.rollcall.v1.OperationsGrpc;
import dev.rollcall.v1.PutServiceSpecRequest;
import dev.rollcall.v1.PutServiceSpecResponse;
import dev.rollcall.v1.ReleaseGuardRequest;
import dev.rollcall.v1.ReleaseGuardResponse;
import dev.rollcall.v1.SetOverrideRequest;
import dev.rollcall.v1.SetOverrideResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** The gRPC service {@code rollcall.v1.Operations}. */
public final class OperationsService extends OperationsGrpc.OperationsImplBase {
  private final Parts parts;

  /**
   * What the service needs of its node.
   *
   * @param answers where answers of reads are made, as for lookups
   */
  public record Parts(
      Registry registry, RegistryStore store, Clock clock, Headers headers, Executor answers) {}

  /** Over the node's one door to the registry and its store. */
  public OperationsService(Parts parts) {
    this.parts = parts;
  }

  @Override
  public void setOverride(
      SetOverrideRequest request, StreamObserver<SetOverrideResponse> observer) {
    Reply<SetOverrideResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::overrideSet));
  }

  @Override
  public void clearOverride(
      ClearOverrideRequest request, StreamObserver<ClearOverrideResponse> observer) {
    Reply<ClearOverrideResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::overrideCleared));
  }

  @Override
  public void listOverrides(
      ListOverridesRequest request, StreamObserver<ListOverridesResponse> observer) {
    Reply<ListOverridesResponse> reply = Reply.to(observer);
    reply.guard(() -> {
      var page = OverridePage.of(request);
      read(request.getConsistency(), reply, point -> page.from(parts.store(), parts.headers()));
    });
  }

  @Override
  public void putServiceSpec(
      PutServiceSpecRequest request, StreamObserver<PutServiceSpecResponse> observer) {
    Reply<PutServiceSpecResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::specPut));
  }

  @Override
  public void getServiceSpec(
      GetServiceSpecRequest request, StreamObserver<GetServiceSpecResponse> observer) {
    Reply<GetServiceSpecResponse> reply = Reply.to(observer);
    reply.guard(() -> {
      var key = new ServiceKey(request.getNamespace(), request.getService());
      read(request.getConsistency(), reply, point -> spec(key, point));
    });
  }

  @Override
  public void deleteServiceSpec(
      DeleteServiceSpecRequest request, StreamObserver<DeleteServiceSpecResponse> observer) {
    Reply<DeleteServiceSpecResponse> reply = Reply.to(observer);
    reply.guard(() -> submit(RequestCodec.fromMessage(request), reply, this::specDeleted));
  }

  @Override
  public void guardStatus(
      GuardStatusRequest request, StreamObserver<GuardStatusResponse> observer) {
    Reply<GuardStatusResponse> reply = Reply.to(observer);
    reply.guard(() -> {
      String namespace = ServiceKey.foldedNamespace(request.getNamespace());
      read(request.getConsistency(), reply, point -> guard(namespace, point));
    });
  }

  @Override
  public void releaseGuard(
      ReleaseGuardRequest request, StreamObserver<ReleaseGuardResponse> observer) {
    Reply<ReleaseGuardResponse> reply = Reply.to(observer);
    reply.guard(
        () -> submit(Request.of(RequestCodec.fromMessage(request)), reply, this::guardReleased));
  }

  private <T> void submit(Request request, Reply<T> reply, Function<Outcome, T> answer) {
    long deadlineNanos = CallDeadline.nanos(parts.clock());
    parts.registry().submit(request, deadlineNanos, result -> reply.answer(result, answer));
  }

  private <T> void read(
      dev.rollcall.v1.Consistency consistency, Reply<T> reply, Function<ReadPoint, T> answer) {
    parts
        .registry()
        .read(
            ConsistencyCodec.fromMessage(consistency),
            CallDeadline.nanos(parts.clock()),
            result -> parts.answers().execute(() -> reply.answer(result, answer)));
  }

  private SetOverrideResponse overrideSet(Outcome outcome) {
    if (!(outcome instanceof Outcome.OverrideSet set)) {
      throw StatusMapper.refused(outcome);
    }
    return SetOverrideResponse.newBuilder()
        .setHeader(parts.headers().at(set.revision()))
        .setOverride(StandingCodec.toMessage(set.override()))
        .build();
  }

  private ClearOverrideResponse overrideCleared(Outcome outcome) {
    if (!(outcome instanceof Outcome.OverrideCleared cleared)) {
      throw StatusMapper.refused(outcome);
    }
    return ClearOverrideResponse.newBuilder()
        .setHeader(parts.headers().at(cleared.revision()))
        .setExisted(cleared.existed())
        .build();
  }

  private PutServiceSpecResponse specPut(Outcome outcome) {
    if (!(outcome instanceof Outcome.SpecPut put)) {
      throw StatusMapper.refused(outcome);
    }
    return PutServiceSpecResponse.newBuilder()
        .setHeader(parts.headers().at(put.revision()))
        .setSpec(SpecCodec.toMessage(put.spec()))
        .build();
  }

  private DeleteServiceSpecResponse specDeleted(Outcome outcome) {
    if (!(outcome instanceof Outcome.SpecDeleted deleted)) {
      throw StatusMapper.refused(outcome);
    }
    return DeleteServiceSpecResponse.newBuilder()
        .setHeader(parts.headers().at(deleted.revision()))
        .build();
  }

  private ReleaseGuardResponse guardReleased(Outcome outcome) {
    var answer =
        ReleaseGuardResponse.newBuilder().setHeader(parts.headers().at(outcome.revision()));
    return switch (outcome) {
      case Outcome.GuardReleased released ->
          answer.setWasEngaged(true).setSuspects(released.suspects()).build();
      case Outcome.GuardNotEngaged not -> answer.build();
      default -> throw StatusMapper.refused(outcome);
    };
  }

  private GuardStatusResponse guard(String foldedNamespace, ReadPoint point) {
    var answer =
        GuardStatusResponse.newBuilder()
            .setHeader(parts.headers().at(parts.store().status().revision()))
            .setLagMillis(point.lagMillis());
    parts
        .store()
        .guardView()
        .find(foldedNamespace)
        .ifPresent(watched ->
            answer
                .setEngaged(watched.guard().isEngaged())
                .setSinceMillis(watched.guard().sinceWallMillis())
                .setLeasesThen(watched.guard().leases())
                .setLeases(watched.leases())
                .setSuspects(watched.suspects())
                .setReleasedBy(watched.guard().releasedBy()));
    return answer.build();
  }

  private GetServiceSpecResponse spec(ServiceKey key, ReadPoint point) {
    // The revision first: the snapshot read after it is at least as new as it says.
    long revision = parts.store().status().revision();
    var snapshot = parts.store().service(key);
    var spec =
        snapshot
            .spec()
            .orElseThrow(
                () -> StatusMapper.status(ErrorReason.SPEC_NOT_FOUND, "no spec of service " + key));
    return GetServiceSpecResponse.newBuilder()
        .setHeader(parts.headers().at(Math.max(revision, snapshot.revision())))
        .setSpec(SpecCodec.toMessage(spec))
        .setLagMillis(point.lagMillis())
        .build();
  }
}
