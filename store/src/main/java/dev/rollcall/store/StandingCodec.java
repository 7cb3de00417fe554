package dev.rollcall.store;

import com.google.protobuf.CodedOutputStream;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.InvalidRequest.Rule;
import dev.rollcall.store.instance.Lifecycle;
import dev.rollcall.store.instance.RegisteredInstance;
import dev.rollcall.store.instance.Standing;
import dev.rollcall.store.instance.StatusCause;
import dev.rollcall.store.instance.StatusOverride;
import dev.rollcall.v1.Instance;
import java.io.IOException;
import java.util.Optional;

/** How instances stand, between the wire (which is also its form in rows) and values. */
public final class StandingCodec {
  private StandingCodec() {}

  /** Part of a served instance. */
  static Standing fromMessage(dev.rollcall.v1.Instance message) {
    var lifecycle = message.getLifecycle();
    if ((lifecycle == dev.rollcall.v1.Lifecycle.LIFECYCLE_ACTIVE
            || lifecycle == dev.rollcall.v1.Lifecycle.LIFECYCLE_UNSPECIFIED)
        && !message.hasOverride()
        && !message.getSuspect()) {
      return Standing.PLAIN;
    }
    return new Standing(
        lifecycle == dev.rollcall.v1.Lifecycle.LIFECYCLE_UNSPECIFIED
            ? Lifecycle.ACTIVE
            : lifecycle(lifecycle),
        message.getDrainDeadlineMillis(),
        message.hasOverride() ? Optional.of(fromMessage(message.getOverride())) : Optional.empty(),
        message.getSuspect());
  }

  /** Puts it into an instance to be served, with what callers should go by. */
  static void put(
      Standing standing,
      dev.rollcall.store.instance.Status reported,
      dev.rollcall.v1.Instance.Builder builder) {
    builder
        .setLifecycle(toMessage(standing.lifecycle()))
        .setDrainDeadlineMillis(standing.drainDeadlineWallMillis())
        .setSuspect(standing.isSuspect())
        .setEffectiveStatus(InstanceCodec.toMessage(standing.effective(reported)))
        .setStatusCause(toMessage(standing.cause(reported)));
    standing.override().ifPresent(override -> builder.setOverride(toMessage(override)));
  }

  /** How many bytes {@link #writePlain} writes. */
  static int plainBytes(RegisteredInstance registered) {
    return CodedOutputStream.computeInt64Size(Instance.LEASE_ID_FIELD_NUMBER, registered.leaseId())
        + CodedOutputStream.computeInt64Size(
            Instance.CREATE_REVISION_FIELD_NUMBER, registered.createRevision())
        + CodedOutputStream.computeInt64Size(
            Instance.MOD_REVISION_FIELD_NUMBER, registered.modRevision())
        + CodedOutputStream.computeEnumSize(
            Instance.LIFECYCLE_FIELD_NUMBER, dev.rollcall.v1.Lifecycle.LIFECYCLE_ACTIVE_VALUE)
        + CodedOutputStream.computeEnumSize(
            Instance.EFFECTIVE_STATUS_FIELD_NUMBER, reported(registered))
        + CodedOutputStream.computeEnumSize(
            Instance.STATUS_CAUSE_FIELD_NUMBER,
            dev.rollcall.v1.StatusCause.STATUS_CAUSE_REPORTED_VALUE);
  }

  /**
   * Writes what the registry adds to an instance that is at work and nothing else: the fields
   * behind those that a client sets, as {@link #put} and what stands around it have them.
   */
  static void writePlain(RegisteredInstance registered, CodedOutputStream out) throws IOException {
    out.writeInt64(Instance.LEASE_ID_FIELD_NUMBER, registered.leaseId());
    out.writeInt64(Instance.CREATE_REVISION_FIELD_NUMBER, registered.createRevision());
    out.writeInt64(Instance.MOD_REVISION_FIELD_NUMBER, registered.modRevision());
    out.writeEnum(
        Instance.LIFECYCLE_FIELD_NUMBER, dev.rollcall.v1.Lifecycle.LIFECYCLE_ACTIVE_VALUE);
    out.writeEnum(Instance.EFFECTIVE_STATUS_FIELD_NUMBER, reported(registered));
    out.writeEnum(
        Instance.STATUS_CAUSE_FIELD_NUMBER,
        dev.rollcall.v1.StatusCause.STATUS_CAUSE_REPORTED_VALUE);
  }

  /** Reads what {@link #writePlain} writes behind the revisions, or refuses it. */
  static void requirePlain(RegisteredInstance registered, CanonicalInput in)
      throws CanonicalInput.OtherForm {
    CanonicalInput.require(
        in.varint() == Instance.LIFECYCLE_FIELD_NUMBER << 3
            && in.varint() == dev.rollcall.v1.Lifecycle.LIFECYCLE_ACTIVE_VALUE
            && in.varint() == Instance.EFFECTIVE_STATUS_FIELD_NUMBER << 3
            && in.varint() == reported(registered)
            && in.varint() == Instance.STATUS_CAUSE_FIELD_NUMBER << 3
            && in.varint() == dev.rollcall.v1.StatusCause.STATUS_CAUSE_REPORTED_VALUE);
  }

  private static int reported(RegisteredInstance registered) {
    return InstanceCodec.toMessage(registered.instance().status()).getNumber();
  }

  /** An override. */
  static StatusOverride fromMessage(dev.rollcall.v1.StatusOverride message) {
    return new StatusOverride(
        InstanceCodec.status(message.getStatus()),
        message.getActor(),
        message.getReason(),
        message.getExpiresMillis());
  }

  /** An override as it is served. */
  public static dev.rollcall.v1.StatusOverride toMessage(StatusOverride override) {
    return dev.rollcall.v1.StatusOverride.newBuilder()
        .setStatus(InstanceCodec.toMessage(override.status()))
        .setActor(override.actor())
        .setReason(override.reason())
        .setExpiresMillis(override.expiresWallMillis())
        .build();
  }

  /** A part of life that is said; UNSPECIFIED and unknown ones are refused. */
  static Lifecycle lifecycle(dev.rollcall.v1.Lifecycle message) {
    return switch (message) {
      case LIFECYCLE_ACTIVE -> Lifecycle.ACTIVE;
      case LIFECYCLE_DRAINING -> Lifecycle.DRAINING;
      case LIFECYCLE_TERMINATING -> Lifecycle.TERMINATING;
      case LIFECYCLE_UNSPECIFIED, UNRECOGNIZED ->
          throw new InvalidRequest(Rule.OTHER, "lifecycle is not one that this version knows");
    };
  }

  static dev.rollcall.v1.Lifecycle toMessage(Lifecycle lifecycle) {
    return switch (lifecycle) {
      case ACTIVE -> dev.rollcall.v1.Lifecycle.LIFECYCLE_ACTIVE;
      case DRAINING -> dev.rollcall.v1.Lifecycle.LIFECYCLE_DRAINING;
      case TERMINATING -> dev.rollcall.v1.Lifecycle.LIFECYCLE_TERMINATING;
    };
  }

  private static dev.rollcall.v1.StatusCause toMessage(StatusCause cause) {
    return switch (cause) {
      case REPORTED -> dev.rollcall.v1.StatusCause.STATUS_CAUSE_REPORTED;
      case OVERRIDE -> dev.rollcall.v1.StatusCause.STATUS_CAUSE_OVERRIDE;
      case DRAINING -> dev.rollcall.v1.StatusCause.STATUS_CAUSE_DRAINING;
      case TERMINATING -> dev.rollcall.v1.StatusCause.STATUS_CAUSE_TERMINATING;
      case SUSPECT -> dev.rollcall.v1.StatusCause.STATUS_CAUSE_SUSPECT;
    };
  }
}
