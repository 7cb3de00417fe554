package dev.rollcall.server.gateway.http;

import com.google.gson.JsonObject;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.rollcall.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.Optional;

/**
 * The one place where what went wrong becomes an HTTP status. The body is an object of {@code
 * reason}, a name of {@link ErrorReason} or of HTTP's own; {@code message}, one line for people;
 * and {@code metadata}, as the reason has it. docs/errors.md is the table for people; a test holds
 * the two together.
 *
 * <p>What is answered 503 was not executed; 504 says that nobody knows.
 */
public final class HttpErrors {
  private static final int UNAVAILABLE = 503;

  private HttpErrors() {}

  /** The HTTP status that goes with a reason. */
  public static int status(ErrorReason reason) {
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
          INVALID_FILTER,
          INVALID_KEY,
          VALUE_TOO_LARGE,
          TOO_MANY_KEYS,
          INVALID_REQUEST ->
          400;
      case INSTANCE_NOT_FOUND,
          LEASE_NOT_FOUND,
          MEMBER_NOT_FOUND,
          SPEC_NOT_FOUND,
          SUBSET_NOT_FOUND,
          KEY_NOT_FOUND ->
          404;
      case STALE_INCARNATION,
          REQUEST_TOO_OLD,
          SESSION_EXPIRED,
          MEMBER_UNREACHABLE,
          MEMBER_NOT_WAITING,
          CHANGE_UNDER_WAY,
          INVALID_CHANGE,
          REVISION_MISMATCH,
          LEASE_FULL,
          FEATURE_LEVEL_TOO_LOW,
          FEATURE_LEVEL_UNSUPPORTED ->
          409;
      case COMPACTED, HISTORY_CHANGED -> 410;
      case REQUEST_TOO_LARGE -> 413;
      case ERROR_REASON_UNSPECIFIED, UNRECOGNIZED -> 500;
      case NOT_SUPPORTED -> 501;
      case OVERLOADED, DISK_LOW, TOO_MANY_WATCHES, NO_QUORUM, NOT_READY, TOO_FAR_BEHIND ->
          UNAVAILABLE;
      case OUTCOME_UNKNOWN -> 504;
    };
  }

  /** The answer to a call that ended with a status of {@code StatusMapper}, or another one. */
  public static HttpAnswer answer(StatusRuntimeException failure) {
    var status = StatusProto.fromThrowable(failure);
    var info = status == null ? ErrorInfo.getDefaultInstance() : info(status);
    ErrorReason reason = reason(info);
    String message = Optional.ofNullable(failure.getStatus().getDescription()).orElse("");
    // The reason has a field of its own here.
    String line =
        message.startsWith(reason + ": ") ? message.substring(reason.name().length() + 2) : message;
    // The call's own deadline has no reason, and says nothing of the outcome.
    boolean isLate =
        reason == ErrorReason.ERROR_REASON_UNSPECIFIED
            && failure.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED;
    ErrorReason shown = isLate ? ErrorReason.OUTCOME_UNKNOWN : reason;
    HttpAnswer answer = answer(status(shown), shown.name(), line, info.getMetadataMap());
    return status == null
        ? answer
        : retryAfterSeconds(status)
            .map(seconds -> answer.with("Retry-After", Long.toString(seconds)))
            .orElse(answer);
  }

  /** The answer of a status, for facades whose callers know these errors. */
  public static HttpAnswer answer(
      int status, String reason, String message, Map<String, String> metadata) {
    var body = new JsonObject();
    body.addProperty("reason", reason);
    body.addProperty("message", message);
    if (!metadata.isEmpty()) {
      var pairs = new JsonObject();
      metadata.forEach(pairs::addProperty);
      body.add("metadata", pairs);
    }
    return HttpAnswer.of(status, HttpAnswer.JSON, body + "\n");
  }

  /** The reason that a call failed for; unspecified for a status that has none. */
  public static ErrorReason reason(StatusRuntimeException failure) {
    var status = StatusProto.fromThrowable(failure);
    return status == null ? ErrorReason.ERROR_REASON_UNSPECIFIED : reason(info(status));
  }

  private static ErrorReason reason(ErrorInfo info) {
    for (ErrorReason reason : ErrorReason.values()) {
      if (reason.name().equals(info.getReason())) {
        return reason;
      }
    }
    return ErrorReason.ERROR_REASON_UNSPECIFIED;
  }

  private static ErrorInfo info(com.google.rpc.Status status) {
    return detail(status, ErrorInfo.class).orElse(ErrorInfo.getDefaultInstance());
  }

  /** Rounded up: HTTP knows whole seconds. */
  private static Optional<Long> retryAfterSeconds(com.google.rpc.Status status) {
    return detail(status, RetryInfo.class)
        .map(RetryInfo::getRetryDelay)
        .map(delay -> delay.getSeconds() + (delay.getNanos() > 0 ? 1 : 0));
  }

  private static <T extends com.google.protobuf.Message> Optional<T> detail(
      com.google.rpc.Status status, Class<T> type) {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(type)) {
        try {
          return Optional.of(detail.unpack(type));
        } catch (InvalidProtocolBufferException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
