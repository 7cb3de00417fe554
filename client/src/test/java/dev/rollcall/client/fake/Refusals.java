package dev.rollcall.client.fake;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.rollcall.v1.ErrorReason;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;

/** Errors as a server sends them: a status beside a reason. */
public final class Refusals {
  private Refusals() {}

  /** With one line for people. */
  public static StatusRuntimeException of(ErrorReason reason, String message) {
    return of(reason, message, Map.of());
  }

  static StatusRuntimeException stale(long incarnation) {
    return of(
        ErrorReason.STALE_INCARNATION,
        "incarnation " + incarnation + " stands in the way",
        Map.of("incarnation", Long.toString(incarnation)));
  }

  private static StatusRuntimeException of(
      ErrorReason reason, String message, Map<String, String> metadata) {
    ErrorInfo error =
        ErrorInfo.newBuilder()
            .setDomain("rollcall.dev")
            .setReason(reason.name())
            .putAllMetadata(metadata)
            .build();
    return StatusProto.toStatusRuntimeException(
        Status.newBuilder()
            .setCode(code(reason).value())
            .setMessage(reason.name() + ": " + message)
            .addDetails(Any.pack(error))
            .build());
  }

  private static Code code(ErrorReason reason) {
    return switch (reason) {
      case INSTANCE_NOT_FOUND, LEASE_NOT_FOUND, KEY_NOT_FOUND, MEMBER_NOT_FOUND -> Code.NOT_FOUND;
      case STALE_INCARNATION,
          HISTORY_CHANGED,
          REVISION_MISMATCH,
          SESSION_EXPIRED,
          REQUEST_TOO_OLD,
          TOO_MANY_KEYS ->
          Code.FAILED_PRECONDITION;
      case LEASE_FULL, OVERLOADED -> Code.RESOURCE_EXHAUSTED;
      case NO_QUORUM, OUTCOME_UNKNOWN, NOT_READY -> Code.UNAVAILABLE;
      case NOT_SUPPORTED -> Code.UNIMPLEMENTED;
      case TOO_FAR_BEHIND -> Code.DEADLINE_EXCEEDED;
      default -> Code.INVALID_ARGUMENT;
    };
  }
}
