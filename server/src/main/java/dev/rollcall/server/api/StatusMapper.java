package dev.rollcall.server.api;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.rollcall.server.replication.Failure;
import dev.rollcall.server.replication.Result;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.kv.KeyRules;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;

/**
 * The one place where what went wrong becomes what a client sees: a gRPC status with a {@code
 * google.rpc.ErrorInfo} of domain {@value #DOMAIN}, whose reason is the name of an {@link
 * ErrorReason}. docs/errors.md is this table for people; a test holds the two together.
 */
public final class StatusMapper {
  /** Domain of every ErrorInfo. */
  public static final String DOMAIN = "rollcall.dev";

  /** How long a client waits before it repeats a request that was refused as OVERLOADED. */
  private static final int OVERLOADED_RETRY_MILLIS = 100;

  /** Disks are looked at once a second, and make room more slowly than that. */
  private static final int DISK_LOW_RETRY_MILLIS = 5_000;

  private StatusMapper() {}

  /** The gRPC status that goes with a reason. */
  public static Status.Code code(ErrorReason reason) {
    return switch (reason) {
      case INVALID_NAME,
          ENDPOINT_REQUIRED,
          TOO_MANY_ENDPOINTS,
          INVALID_ENDPOINT,
          METADATA_TOO_LARGE,
          INVALID_TAGS,
          INVALID_WEIGHT,
          TTL_OUT_OF_RANGE,
          RECORD_TOO_LARGE,
          REQUEST_TOO_LARGE,
          INVALID_FILTER,
          INVALID_KEY,
          VALUE_TOO_LARGE,
          INVALID_REQUEST ->
          Status.Code.INVALID_ARGUMENT;
      case INSTANCE_NOT_FOUND,
          LEASE_NOT_FOUND,
          MEMBER_NOT_FOUND,
          SPEC_NOT_FOUND,
          SUBSET_NOT_FOUND,
          KEY_NOT_FOUND ->
          Status.Code.NOT_FOUND;
      case STALE_INCARNATION,
          REQUEST_TOO_OLD,
          SESSION_EXPIRED,
          COMPACTED,
          HISTORY_CHANGED,
          MEMBER_UNREACHABLE,
          MEMBER_NOT_WAITING,
          CHANGE_UNDER_WAY,
          INVALID_CHANGE,
          REVISION_MISMATCH,
          TOO_MANY_KEYS,
          FEATURE_LEVEL_TOO_LOW,
          FEATURE_LEVEL_UNSUPPORTED ->
          Status.Code.FAILED_PRECONDITION;
      case LEASE_FULL, OVERLOADED, DISK_LOW, TOO_MANY_WATCHES -> Status.Code.RESOURCE_EXHAUSTED;
      case NO_QUORUM, OUTCOME_UNKNOWN, NOT_READY -> Status.Code.UNAVAILABLE;
      case NOT_SUPPORTED -> Status.Code.UNIMPLEMENTED;
      case TOO_FAR_BEHIND -> Status.Code.DEADLINE_EXCEEDED;
      case ERROR_REASON_UNSPECIFIED, UNRECOGNIZED -> Status.Code.INTERNAL;
    };
  }

  /** A refusal by one of the rules of the interface. */
  public static StatusRuntimeException refused(InvalidRequest refusal) {
    return status(reason(refusal.rule()), String.valueOf(refusal.getMessage()));
  }

  /** A request that got no outcome. */
  public static StatusRuntimeException failed(Result.Failed<?> failed) {
    return status(reason(failed.failure()), failed.message());
  }

  /**
   * An outcome that refuses.
   *
   * @throws IllegalArgumentException when the outcome is one of success, which has an answer
   *     instead
   */
  public static StatusRuntimeException refused(Outcome outcome) {
    return switch (outcome) {
      case Outcome.InstanceNotFound o ->
          status(ErrorReason.INSTANCE_NOT_FOUND, "no such instance: " + o.key());
      case Outcome.LeaseNotFound o ->
          status(ErrorReason.LEASE_NOT_FOUND, "no such lease: " + o.leaseId());
      case Outcome.LeaseFull o ->
          status(
              ErrorReason.LEASE_FULL,
              "lease " + o.leaseId() + " carries at most " + o.instancesMax() + " instances");
      case Outcome.LeaseKeysFull o -> refusedKeys(o);
      case Outcome.TooManyKeys o -> refusedKeys();
      case Outcome.StaleIncarnation o ->
          status(
              ErrorReason.STALE_INCARNATION,
              "incarnation " + o.incarnation() + " of " + o.key() + " stands in the way",
              Map.of("incarnation", Long.toString(o.incarnation())));
      case Outcome.IncarnationReused o ->
          status(
              ErrorReason.INVALID_REQUEST,
              "the incarnation is registered with other content: " + o.key());
      case Outcome.LeaseOfOtherNamespace o ->
          status(
              ErrorReason.INVALID_REQUEST,
              "what one lease carries must be of one namespace: lease " + o.leaseId());
      case Outcome.SpecNotFound o -> status(ErrorReason.SPEC_NOT_FOUND, "the service has no spec");
      case Outcome.RevisionMismatch o ->
          status(
              ErrorReason.REVISION_MISMATCH,
              o.actual() == 0
                  ? "there is no such record; nothing was changed"
                  : "the record is at revision " + o.actual() + "; nothing was changed",
              Map.of("revision", Long.toString(o.actual())));
      case Outcome.FeatureLevelHigher o ->
          status(
              ErrorReason.INVALID_CHANGE,
              "the feature level is " + o.agreed() + " and never goes down");
      case Outcome.FeatureLevelTooLow o -> refusedLevel(o);
      case Outcome.SessionExpired o ->
          status(
              ErrorReason.SESSION_EXPIRED,
              "no such session: " + o.sessionId() + "; the command was not executed");
      case Outcome.RequestTooOld o ->
          status(
              ErrorReason.REQUEST_TOO_OLD,
              "sequence " + o.sequence() + " was acknowledged or forgotten; it was not executed");
      case Outcome.Registered o -> throw noRefusal(o);
      case Outcome.Updated o -> throw noRefusal(o);
      case Outcome.Deregistered o -> throw noRefusal(o);
      case Outcome.LeasesExpired o -> throw noRefusal(o);
      case Outcome.LeaseGranted o -> throw noRefusal(o);
      case Outcome.LeaseRevoked o -> throw noRefusal(o);
      case Outcome.OverrideSet o -> throw noRefusal(o);
      case Outcome.OverrideCleared o -> throw noRefusal(o);
      case Outcome.SpecPut o -> throw noRefusal(o);
      case Outcome.SpecDeleted o -> throw noRefusal(o);
      case Outcome.GuardEngaged o -> throw noRefusal(o);
      case Outcome.GuardReleased o -> throw noRefusal(o);
      case Outcome.GuardNotEngaged o -> throw noRefusal(o);
      case Outcome.LeasesJudged o -> throw noRefusal(o);
      case Outcome.FeatureLevelRaised o -> throw noRefusal(o);
      case Outcome.KeyPut o -> throw noRefusal(o);
      case Outcome.KeysDeleted o -> throw noRefusal(o);
      case Outcome.Transacted o -> throw noRefusal(o);
      case Outcome.ChangesCompacted o -> throw noRefusal(o);
      case Outcome.SessionOpened o -> throw noRefusal(o);
      case Outcome.Nothing o -> throw noRefusal(o);
    };
  }

  private static StatusRuntimeException refusedLevel(Outcome.FeatureLevelTooLow low) {
    return status(
        ErrorReason.FEATURE_LEVEL_TOO_LOW,
        "this needs feature level %d and the cluster has agreed on %d; nothing was executed"
            .formatted(low.needed(), low.agreed()),
        Map.of("needed", Integer.toString(low.needed()), "agreed", Integer.toString(low.agreed())));
  }

  private static StatusRuntimeException refusedKeys(Outcome.LeaseKeysFull full) {
    return status(
        ErrorReason.LEASE_FULL,
        "lease %d carries at most %d keys, of %d bytes in all"
            .formatted(full.leaseId(), Lease.KEYS_MAX, Lease.KEY_BYTES_MAX));
  }

  private static StatusRuntimeException refusedKeys() {
    return status(
        ErrorReason.TOO_MANY_KEYS,
        ("one request deletes at most %d keys, of %d bytes in all, and reads at most %d bytes;"
                + " nothing was changed")
            .formatted(
                KeyRules.DELETED_KEYS_MAX, KeyRules.DELETED_BYTES_MAX, KeyRules.READ_BYTES_MAX));
  }

  /** A status for a reason, with one line for people. */
  public static StatusRuntimeException status(ErrorReason reason, String message) {
    return status(reason, message, Map.of());
  }

  /** The reason that a rule of the interface has on the wire. */
  public static ErrorReason reason(InvalidRequest.Rule rule) {
    return switch (rule) {
      case INVALID_NAME -> ErrorReason.INVALID_NAME;
      case ENDPOINT_REQUIRED -> ErrorReason.ENDPOINT_REQUIRED;
      case TOO_MANY_ENDPOINTS -> ErrorReason.TOO_MANY_ENDPOINTS;
      case INVALID_ENDPOINT -> ErrorReason.INVALID_ENDPOINT;
      case METADATA_TOO_LARGE -> ErrorReason.METADATA_TOO_LARGE;
      case INVALID_TAGS -> ErrorReason.INVALID_TAGS;
      case INVALID_WEIGHT -> ErrorReason.INVALID_WEIGHT;
      case TTL_OUT_OF_RANGE -> ErrorReason.TTL_OUT_OF_RANGE;
      case RECORD_TOO_LARGE -> ErrorReason.RECORD_TOO_LARGE;
      case INVALID_FILTER -> ErrorReason.INVALID_FILTER;
      case INVALID_KEY -> ErrorReason.INVALID_KEY;
      case VALUE_TOO_LARGE -> ErrorReason.VALUE_TOO_LARGE;
      case OTHER -> ErrorReason.INVALID_REQUEST;
    };
  }

  /** The reason of an operating failure. */
  public static ErrorReason reason(Failure failure) {
    return switch (failure) {
      case NO_QUORUM -> ErrorReason.NO_QUORUM;
      case OVERLOADED -> ErrorReason.OVERLOADED;
      case DISK_LOW -> ErrorReason.DISK_LOW;
      case INDETERMINATE -> ErrorReason.OUTCOME_UNKNOWN;
      case TOO_FAR_BEHIND -> ErrorReason.TOO_FAR_BEHIND;
      case NOT_READY -> ErrorReason.NOT_READY;
    };
  }

  private static StatusRuntimeException status(
      ErrorReason reason, String message, Map<String, String> metadata) {
    var info =
        ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(reason.name()).putAllMetadata(metadata);
    var status =
        com.google.rpc.Status.newBuilder()
            .setCode(code(reason).value())
            .setMessage(reason.name() + ": " + message)
            .addDetails(Any.pack(info.build()));
    if (reason == ErrorReason.OVERLOADED) {
      status.addDetails(retryAfter(OVERLOADED_RETRY_MILLIS));
    } else if (reason == ErrorReason.DISK_LOW) {
      status.addDetails(retryAfter(DISK_LOW_RETRY_MILLIS));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  private static Any retryAfter(int millis) {
    var delay =
        com.google.protobuf.Duration.newBuilder()
            .setSeconds(millis / 1000)
            .setNanos(millis % 1000 * 1_000_000);
    return Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build());
  }

  private static IllegalArgumentException noRefusal(Outcome outcome) {
    return new IllegalArgumentException("no refusal: " + outcome);
  }
}
