package dev.rollcall.client;

import dev.rollcall.client.transport.Asking;
import dev.rollcall.client.transport.OperationsCodec;
import dev.rollcall.client.transport.UnaryCall;
import dev.rollcall.client.transport.WireCodec;
import dev.rollcall.v1.ClearOverrideRequest;
import dev.rollcall.v1.ClearOverrideResponse;
import dev.rollcall.v1.DeleteServiceSpecRequest;
import dev.rollcall.v1.DeleteServiceSpecResponse;
import dev.rollcall.v1.GetServiceSpecRequest;
import dev.rollcall.v1.GetServiceSpecResponse;
import dev.rollcall.v1.GuardStatusRequest;
import dev.rollcall.v1.GuardStatusResponse;
import dev.rollcall.v1.InstanceKey;
import dev.rollcall.v1.ListOverridesRequest;
import dev.rollcall.v1.ListOverridesResponse;
import dev.rollcall.v1.OperationsGrpc;
import dev.rollcall.v1.PutServiceSpecRequest;
import dev.rollcall.v1.PutServiceSpecResponse;
import dev.rollcall.v1.RegistrationGrpc;
import dev.rollcall.v1.ReleaseGuardRequest;
import dev.rollcall.v1.ReleaseGuardResponse;
import dev.rollcall.v1.ResponseHeader;
import dev.rollcall.v1.SetLifecycleRequest;
import dev.rollcall.v1.SetLifecycleResponse;
import dev.rollcall.v1.SetOverrideRequest;
import dev.rollcall.v1.SetOverrideResponse;
import dev.rollcall.v1.UpdateRequest;
import dev.rollcall.v1.UpdateResponse;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What operators do to services, and to instances that others registered. Got from {@link
 * RegistryClient#operations}; safe for any thread. Everything blocks, for the call timeout at most,
 * and is about the client's namespace. Writes whose outcome is unknown throw {@link
 * RegistryException.Indeterminate}; all but those that expect a revision may be repeated.
 */
public final class Operations {
  private final Asking asking;
  private final String namespace;
  private final Duration timeout;

  Operations(Asking asking, String namespace, Duration timeout) {
    this.asking = asking;
    this.namespace = namespace;
    this.timeout = timeout;
  }

  /**
   * Has an instance take nothing new until the deadline; then it is taken for terminating. Whoever
   * looks it up sees OUT_OF_SERVICE from now on.
   *
   * @param grace 1 s to 24 h
   * @return the instance as it stands
   */
  public ServiceInstance drain(String service, String instanceId, Duration grace) {
    return setLifecycle(
        service,
        instanceId,
        request ->
            request
                .setLifecycle(dev.rollcall.v1.Lifecycle.LIFECYCLE_DRAINING)
                .setGraceMillis(grace.toMillis()));
  }

  /** Takes an instance for terminating at once. */
  public ServiceInstance terminate(String service, String instanceId) {
    return setLifecycle(
        service,
        instanceId,
        request -> request.setLifecycle(dev.rollcall.v1.Lifecycle.LIFECYCLE_TERMINATING));
  }

  /** Takes a drain back: the instance is at work again. */
  public ServiceInstance activate(String service, String instanceId) {
    return setLifecycle(
        service,
        instanceId,
        request -> request.setLifecycle(dev.rollcall.v1.Lifecycle.LIFECYCLE_ACTIVE));
  }

  /**
   * Changes fields of an instance, whichever life of it is there. Its owner may change them again.
   *
   * @return the instance after the change
   */
  public ServiceInstance update(String service, String instanceId, InstancePatch patch) {
    UpdateRequest request = OperationsCodec.encode(patch).setKey(key(service, instanceId)).build();
    UpdateResponse answer =
        write(RegistrationGrpc.getUpdateMethod(), request, UpdateResponse::getHeader);
    return WireCodec.decode(answer.getInstance());
  }

  /**
   * Says of an instance what it does not say of itself, in the place of an override that is there.
   * The instance need not be registered.
   *
   * @param origin who says so, and why
   * @param ttl after which it ends by itself, 1 s to 366 days; empty means never
   * @return the override as it stands
   */
  public StatusOverride setOverride(
      String service,
      String instanceId,
      InstanceStatus status,
      OverrideOrigin origin,
      Optional<Duration> ttl) {
    SetOverrideRequest request =
        SetOverrideRequest.newBuilder()
            .setKey(key(service, instanceId))
            .setStatus(WireCodec.encode(status))
            .setActor(origin.actor())
            .setReason(origin.reason())
            .setTtlMillis(ttl.map(Duration::toMillis).orElse(0L))
            .build();
    SetOverrideResponse answer =
        write(OperationsGrpc.getSetOverrideMethod(), request, SetOverrideResponse::getHeader);
    return OperationsCodec.decode(answer.getOverride());
  }

  /**
   * Takes an override back.
   *
   * @return whether there was one
   */
  public boolean clearOverride(String service, String instanceId) {
    ClearOverrideRequest request =
        ClearOverrideRequest.newBuilder().setKey(key(service, instanceId)).build();
    return write(OperationsGrpc.getClearOverrideMethod(), request, ClearOverrideResponse::getHeader)
        .getExisted();
  }

  /** All overrides, in order of service and instance id, page by page. */
  public List<InstanceOverride> overrides(Consistency consistency) {
    var overrides = new ArrayList<InstanceOverride>();
    ListOverridesRequest request =
        ListOverridesRequest.newBuilder()
            .setNamespace(namespace)
            .setConsistency(WireCodec.encode(consistency))
            .build();
    while (true) {
      ListOverridesResponse page =
          read(OperationsGrpc.getListOverridesMethod(), request, ListOverridesResponse::getHeader);
      page.getOverridesList().forEach(each -> overrides.add(OperationsCodec.decode(each)));
      if (page.getNextPageToken().isEmpty()) {
        return List.copyOf(overrides);
      }
      request = request.toBuilder().setPageToken(page.getNextPageToken()).build();
    }
  }

  /**
   * Lays down what holds for a service, all of it.
   *
   * @param expectedRevision mod revision that the spec there must have, 0 when there must be none;
   *     else {@link Reason#REVISION_MISMATCH}. Empty means any
   * @return the spec as it stands
   */
  public ServiceSpec putSpec(ServiceSpec spec, OptionalLong expectedRevision) {
    PutServiceSpecRequest.Builder request =
        PutServiceSpecRequest.newBuilder().setSpec(OperationsCodec.encode(spec, namespace));
    expectedRevision.ifPresent(request::setExpectedRevision);
    PutServiceSpecResponse answer =
        write(
            OperationsGrpc.getPutServiceSpecMethod(),
            request.build(),
            PutServiceSpecResponse::getHeader);
    return OperationsCodec.decode(answer.getSpec());
  }

  /**
   * The spec of a service.
   *
   * @throws RegistryException.NotFound when it has none
   */
  public ServiceSpec spec(String service, Consistency consistency) {
    GetServiceSpecRequest request =
        GetServiceSpecRequest.newBuilder()
            .setNamespace(namespace)
            .setService(service)
            .setConsistency(WireCodec.encode(consistency))
            .build();
    return OperationsCodec.decode(
        read(OperationsGrpc.getGetServiceSpecMethod(), request, GetServiceSpecResponse::getHeader)
            .getSpec());
  }

  /**
   * Takes a spec back; the service's instances stay.
   *
   * @param expectedRevision as of {@link #putSpec}
   * @return the revision of the change
   * @throws RegistryException.NotFound when there is none
   */
  public long deleteSpec(String service, OptionalLong expectedRevision) {
    DeleteServiceSpecRequest.Builder request =
        DeleteServiceSpecRequest.newBuilder().setNamespace(namespace).setService(service);
    expectedRevision.ifPresent(request::setExpectedRevision);
    return write(
            OperationsGrpc.getDeleteServiceSpecMethod(),
            request.build(),
            DeleteServiceSpecResponse::getHeader)
        .getHeader()
        .getRevision();
  }

  /** The guard of the namespace against mass expiry. */
  public GuardStatus guard(Consistency consistency) {
    GuardStatusRequest request =
        GuardStatusRequest.newBuilder()
            .setNamespace(namespace)
            .setConsistency(WireCodec.encode(consistency))
            .build();
    GuardStatusResponse answer =
        read(OperationsGrpc.getGuardStatusMethod(), request, GuardStatusResponse::getHeader);
    return new GuardStatus(
        answer.getEngaged(),
        answer.getSinceMillis() == 0
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(answer.getSinceMillis())),
        answer.getLeases(),
        answer.getSuspects(),
        answer.getReleasedBy());
  }

  /**
   * Releases the guard of the namespace: its suspects may expire, and do unless they are renewed.
   *
   * @param actor who says so, 1 to 128 bytes
   * @return how many suspects may expire; empty when the guard was not engaged
   */
  public OptionalInt releaseGuard(String actor) {
    ReleaseGuardRequest request =
        ReleaseGuardRequest.newBuilder().setNamespace(namespace).setActor(actor).build();
    ReleaseGuardResponse answer =
        write(OperationsGrpc.getReleaseGuardMethod(), request, ReleaseGuardResponse::getHeader);
    return answer.getWasEngaged() ? OptionalInt.of(answer.getSuspects()) : OptionalInt.empty();
  }

  private ServiceInstance setLifecycle(
      String service,
      String instanceId,
      Function<SetLifecycleRequest.Builder, SetLifecycleRequest.Builder> lifecycle) {
    SetLifecycleRequest request =
        lifecycle.apply(SetLifecycleRequest.newBuilder().setKey(key(service, instanceId))).build();
    SetLifecycleResponse answer =
        write(RegistrationGrpc.getSetLifecycleMethod(), request, SetLifecycleResponse::getHeader);
    return WireCodec.decode(answer.getInstance());
  }

  private InstanceKey key(String service, String instanceId) {
    return InstanceKey.newBuilder()
        .setNamespace(namespace)
        .setService(service)
        .setInstanceId(instanceId)
        .build();
  }

  private <Q, A> A write(
      MethodDescriptor<Q, A> method, Q request, Function<A, ResponseHeader> header) {
    return asking.ask(UnaryCall.write(method, request, header, timeout));
  }

  private <Q, A> A read(
      MethodDescriptor<Q, A> method, Q request, Function<A, ResponseHeader> header) {
    return asking.ask(UnaryCall.read(method, request, header, timeout));
  }
}
