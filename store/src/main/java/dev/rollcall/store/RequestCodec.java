package dev.rollcall.store;

import dev.rollcall.store.Command.Keeper;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import dev.rollcall.v1.ClearOverrideRequest;
import dev.rollcall.v1.DeleteKeysRequest;
import dev.rollcall.v1.DeleteServiceSpecRequest;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.GrantLeaseRequest;
import dev.rollcall.v1.PutKeyRequest;
import dev.rollcall.v1.PutServiceSpecRequest;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.ReleaseGuardRequest;
import dev.rollcall.v1.RevokeLeaseRequest;
import dev.rollcall.v1.SetLifecycleRequest;
import dev.rollcall.v1.SetOverrideRequest;
import dev.rollcall.v1.TransactRequest;
import dev.rollcall.v1.UpdateRequest;
import dev.rollcall.v1.WriteId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Parses what clients ask for, once, at the edge. Every method throws {@link InvalidRequest} when
 * the request breaks a rule of the interface; what it returns is well formed.
 */
public final class RequestCodec {
  private RequestCodec() {}

  /** To register instances. */
  public static Request fromMessage(RegisterRequest message) {
    Keeper keeper =
        switch (message.getKeeperCase()) {
          case TTL_MILLIS -> new Keeper.NewLease(message.getTtlMillis());
          case LEASE_ID -> new Keeper.ExistingLease(message.getLeaseId());
          case KEEPER_NOT_SET -> new Keeper.DefaultLease();
        };
    var instances = message.getInstancesList().stream().map(InstanceCodec::fromMessage).toList();
    return Request.of(new Command.Register(instances, keeper));
  }

  /** To change an instance. */
  public static Request fromMessage(UpdateRequest message) {
    Optional<Status> status =
        message.hasStatus()
            ? Optional.of(InstanceCodec.status(message.getStatus()))
            : Optional.empty();
    OptionalInt weight =
        message.hasWeight()
            ? OptionalInt.of(InstanceCodec.weight(message.getWeight()))
            : OptionalInt.empty();
    Optional<SortedMap<String, String>> metadata =
        message.hasMetadata()
            ? Optional.of(new TreeMap<>(message.getMetadata().getEntriesMap()))
            : Optional.empty();
    Optional<List<String>> tags =
        message.hasTags() ? Optional.of(message.getTags().getValuesList()) : Optional.empty();
    var key = InstanceCodec.fromMessage(message.getKey());
    var command =
        new Command.Update(
            key,
            message.getIncarnation(),
            message.getExpectedRevision(),
            status,
            weight,
            metadata,
            tags);
    return new Request(
        command,
        repeat(message.getSessionId(), message.getSequence(), message.getLowestUnacknowledged()));
  }

  /** To remove an instance. */
  public static Request fromMessage(DeregisterRequest message) {
    return Request.of(
        new Command.Deregister(
            InstanceCodec.fromMessage(message.getKey()), message.getIncarnation()));
  }

  /** To make a lease without instances. */
  public static Request fromMessage(GrantLeaseRequest message) {
    var command = new Command.GrantLease(message.getNamespace(), message.getTtlMillis());
    return new Request(
        command,
        repeat(message.getSessionId(), message.getSequence(), message.getLowestUnacknowledged()));
  }

  /** To end a lease. */
  public static Request fromMessage(RevokeLeaseRequest message) {
    return Request.of(new Command.RevokeLease(message.getLeaseId()));
  }

  /** To move an instance through its life. */
  public static Request fromMessage(SetLifecycleRequest message) {
    var command =
        new Command.SetLifecycle(
            InstanceCodec.fromMessage(message.getKey()),
            message.getIncarnation(),
            StandingCodec.lifecycle(message.getLifecycle()),
            message.getGraceMillis());
    return new Request(
        command,
        repeat(message.getSessionId(), message.getSequence(), message.getLowestUnacknowledged()));
  }

  /** To override a status. */
  public static Request fromMessage(SetOverrideRequest message) {
    var command =
        new Command.SetOverride(
            InstanceCodec.fromMessage(message.getKey()),
            InstanceCodec.status(message.getStatus()),
            message.getActor(),
            message.getReason(),
            message.getTtlMillis());
    return new Request(
        command,
        repeat(message.getSessionId(), message.getSequence(), message.getLowestUnacknowledged()));
  }

  /** To take an override back. */
  public static Request fromMessage(ClearOverrideRequest message) {
    return new Request(
        new Command.ClearOverride(InstanceCodec.fromMessage(message.getKey())),
        repeat(message.getSessionId(), message.getSequence(), message.getLowestUnacknowledged()));
  }

  /** To lay a spec down. */
  public static Request fromMessage(PutServiceSpecRequest message) {
    var expected =
        message.hasExpectedRevision()
            ? OptionalLong.of(message.getExpectedRevision())
            : OptionalLong.empty();
    return new Request(
        new Command.PutServiceSpec(SpecCodec.fromMessage(message.getSpec()), expected),
        repeat(message.getSessionId(), message.getSequence(), message.getLowestUnacknowledged()));
  }

  /** To take a spec back. */
  public static Request fromMessage(DeleteServiceSpecRequest message) {
    var expected =
        message.hasExpectedRevision()
            ? OptionalLong.of(message.getExpectedRevision())
            : OptionalLong.empty();
    var service = new ServiceKey(message.getNamespace(), message.getService());
    return new Request(
        new Command.DeleteServiceSpec(service, expected),
        repeat(message.getSessionId(), message.getSequence(), message.getLowestUnacknowledged()));
  }

  /** To set a key. */
  public static Request fromMessage(PutKeyRequest message) {
    var expected =
        message.hasExpectedRevision()
            ? OptionalLong.of(message.getExpectedRevision())
            : OptionalLong.empty();
    return new Request(
        new Command.PutKey(
            message.getNamespace(),
            message.getKey(),
            message.getValue(),
            message.getLeaseId(),
            expected),
        repeat(message.getWriteId()));
  }

  /** To delete keys. */
  public static Request fromMessage(DeleteKeysRequest message) {
    var expected =
        message.hasExpectedRevision()
            ? OptionalLong.of(message.getExpectedRevision())
            : OptionalLong.empty();
    return new Request(
        new Command.DeleteKeys(
            message.getNamespace(), message.getKey(), message.getIsPrefix(), expected),
        repeat(message.getWriteId()));
  }

  /** To compare, and do one thing or another. */
  public static Request fromMessage(TransactRequest message) {
    return new Request(
        new Command.Transact(
            message.getNamespace(),
            message.getComparesList().stream().map(KeyCodec::fromMessage).toList(),
            message.getSuccessList().stream().map(KeyCodec::fromMessage).toList(),
            message.getFailureList().stream().map(KeyCodec::fromMessage).toList()),
        repeat(message.getWriteId()));
  }

  /** A release by an operator, who is named. */
  public static Command fromMessage(ReleaseGuardRequest message) {
    if (message.getActor().isEmpty()) {
      throw new InvalidRequest(Rule.OTHER, "actor must not be empty");
    }
    return new Command.ReleaseGuard(message.getNamespace(), message.getActor());
  }

  private static Optional<Request.Repeat> repeat(WriteId id) {
    return repeat(id.getSessionId(), id.getSequence(), id.getLowestUnacknowledged());
  }

  private static Optional<Request.Repeat> repeat(
      long sessionId, long sequence, long lowestUnacknowledged) {
    if (sessionId == 0) {
      if (sequence != 0 || lowestUnacknowledged != 0) {
        throw new InvalidRequest(Rule.OTHER, "a sequence needs a session_id");
      }
      return Optional.empty();
    }
    return Optional.of(new Request.Repeat(sessionId, sequence, lowestUnacknowledged));
  }
}
