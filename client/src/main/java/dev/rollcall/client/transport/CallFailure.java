package dev.rollcall.client.transport;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.RegistryException.Indeterminate;
import dev.rollcall.client.RegistryException.InvalidRequest;
import dev.rollcall.client.RegistryException.NotFound;
import dev.rollcall.client.RegistryException.Refused;
import dev.rollcall.client.RegistryException.Unavailable;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt came to, read from its gRPC status: the one place where wire errors turn into
 * the client's.
 *
 * @param verdict what to do about it
 * @param reason the registry's, or UNREACHABLE and OTHER where it gave none
 * @param message one line, naming the node
 * @param incarnation named by STALE_INCARNATION, else 0
 * @param retryAfter the least delay the node asked for
 * @param mayBeExecuted whether the request may have taken effect
 * @param isConnection whether the connection, not the request, is what failed
 */
record CallFailure(
    Verdict verdict,
    Reason reason,
    String message,
    long incarnation,
    Duration retryAfter,
    boolean mayBeExecuted,
    boolean isConnection,
    Throwable cause) {

  /** What to do about a failed attempt. */
  enum Verdict {
    /** Another node, or the same a little later, may do it. */
    RETRY,
    /** The request itself is wrong. */
    INVALID,
    /** What it names does not exist. */
    NOT_FOUND,
    /** The registry says no. */
    REFUSED
  }

  /** Reads a status that is not OK. {@code wasSent}: whether the request left this process. */
  static CallFailure of(
      Status status, @Nullable Metadata trailers, String address, boolean wasSent) {
    var details = Details.of(status, trailers);
    Reason reason = details.reason();
    Verdict verdict = verdict(status.getCode(), reason);
    boolean isUnexplained = reason == Reason.OTHER;
    boolean isConnection =
        isUnexplained
            && (status.getCode() == Status.Code.UNAVAILABLE
                || status.getCode() == Status.Code.DEADLINE_EXCEEDED
                || status.getCode() == Status.Code.CANCELLED);
    String said = status.getDescription();
    String message =
        address + ": " + (said == null || said.isBlank() ? status.getCode().toString() : said);
    return new CallFailure(
        verdict,
        isConnection ? Reason.UNREACHABLE : reason,
        message.replace('\n', ' '),
        details.incarnation,
        details.retryAfter,
        verdict == Verdict.RETRY && wasSent && (isUnexplained || reason == Reason.OUTCOME_UNKNOWN),
        isConnection,
        status.asException());
  }

  private static Verdict verdict(Status.Code code, Reason reason) {
    return switch (code) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> Verdict.INVALID;
      case NOT_FOUND -> Verdict.NOT_FOUND;
      case FAILED_PRECONDITION, ALREADY_EXISTS, UNIMPLEMENTED, PERMISSION_DENIED, UNAUTHENTICATED ->
          Verdict.REFUSED;
      case RESOURCE_EXHAUSTED ->
          reason == Reason.OVERLOADED || reason == Reason.DISK_LOW
              ? Verdict.RETRY
              : Verdict.REFUSED;
      // UNAVAILABLE and DEADLINE_EXCEEDED by design; the rest is a node in trouble.
      default -> Verdict.RETRY;
    };
  }

  /** Whether it is about the session of a write, and says nothing of the write itself. */
  boolean isOfSession() {
    return reason == Reason.SESSION_EXPIRED || reason == Reason.REQUEST_TOO_OLD;
  }

  /** The exception for a request that is not tried again for what it is. */
  RegistryException finalFailure() {
    return switch (verdict) {
      case INVALID -> new InvalidRequest(reason, message);
      case NOT_FOUND -> new NotFound(reason, message, cause);
      case REFUSED -> new Refused(reason, message, incarnation, cause);
      case RETRY -> timeUp(mayBeExecuted, "");
    };
  }

  /** The exception for a request that ran out of time. */
  RegistryException timeUp(boolean anyMayBeExecuted, String attempts) {
    return anyMayBeExecuted
        ? new Indeterminate("outcome unknown" + attempts + "; last: " + message, cause)
        : new Unavailable(reason, summary() + attempts + "; last: " + message, cause);
  }

  private String summary() {
    return switch (reason) {
      case NO_QUORUM -> "the registry has no quorum";
      case OVERLOADED -> "the registry is overloaded";
      case DISK_LOW -> "the disk of the registry is nearly full";
      case NOT_READY -> "the registry is not ready";
      case TOO_FAR_BEHIND -> "no node was fresh enough";
      default -> "no node answered";
    };
  }

  /** The machine-readable part of a status. */
  private record Details(Reason reason, long incarnation, Duration retryAfter) {
    static Details of(Status status, @Nullable Metadata trailers) {
      Reason reason = Reason.OTHER;
      long incarnation = 0;
      Duration retryAfter = Duration.ZERO;
      com.google.rpc.Status rpc = StatusProto.fromStatusAndTrailers(status, trailers);
      try {
        for (Any detail : rpc.getDetailsList()) {
          if (detail.is(ErrorInfo.class)) {
            ErrorInfo error = detail.unpack(ErrorInfo.class);
            reason = Reason.named(error.getReason());
            incarnation = Long.parseLong(error.getMetadataOrDefault("incarnation", "0"));
          } else if (detail.is(RetryInfo.class)) {
            var delay = detail.unpack(RetryInfo.class).getRetryDelay();
            retryAfter = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
          }
        }
      } catch (InvalidProtocolBufferException | NumberFormatException e) {
        // Unreadable details only cost precision: the status code still decides.
        return new Details(reason, incarnation, retryAfter);
      }
      return new Details(reason, incarnation, retryAfter);
    }
  }
}
