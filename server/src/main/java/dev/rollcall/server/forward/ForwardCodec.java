package dev.rollcall.server.forward;

import com.google.protobuf.UnsafeByteOperations;
import dev.rollcall.forward.v1.Failure;
import dev.rollcall.forward.v1.ForwardResponse;
import dev.rollcall.forward.v1.RenewLeases;
import dev.rollcall.forward.v1.RenewedLeases;
import dev.rollcall.raft.core.Payload;
import dev.rollcall.server.replication.ForwardAnswer;
import dev.rollcall.server.replication.ForwardRequest;
import dev.rollcall.server.replication.ForwardRequest.Ask;
import dev.rollcall.store.OutcomeCodec;
import java.util.Optional;

/** Between the messages of rollcall.forward.v1 and the values of server.replication. */
final class ForwardCodec {
  private ForwardCodec() {}

  static dev.rollcall.forward.v1.ForwardRequest toMessage(ForwardRequest request) {
    var message =
        dev.rollcall.forward.v1.ForwardRequest.newBuilder()
            .setRequestId(request.id())
            .setDeadlineMillis(request.waitMillis());
    switch (request.ask()) {
      case Ask.Execute(var command) ->
          message.setCommand(UnsafeByteOperations.unsafeWrap(command.bytes()));
      case Ask.Renew(var leaseIds) ->
          message.setRenew(RenewLeases.newBuilder().addAllLeaseIds(leaseIds));
    }
    return message.build();
  }

  /** Empty when the message asks for something that this version does not know. */
  static Optional<ForwardRequest> fromMessage(dev.rollcall.forward.v1.ForwardRequest message) {
    Ask ask;
    switch (message.getRequestCase()) {
      case COMMAND -> ask = new Ask.Execute(Payload.wrap(message.getCommand().toByteArray()));
      case RENEW -> ask = new Ask.Renew(message.getRenew().getLeaseIdsList());
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(
        new ForwardRequest(message.getRequestId(), message.getDeadlineMillis(), ask));
  }

  static ForwardResponse toMessage(long requestId, ForwardAnswer answer) {
    var message = ForwardResponse.newBuilder().setRequestId(requestId);
    switch (answer) {
      case ForwardAnswer.Decided(var outcome) ->
          message.setOutcome(UnsafeByteOperations.unsafeWrap(OutcomeCodec.encode(outcome)));
      case ForwardAnswer.Renewed(var ttlMillis) ->
          message.setRenewed(RenewedLeases.newBuilder().addAllTtlMillis(ttlMillis));
      case ForwardAnswer.Refused(var reason) -> message.setFailure(toMessage(reason));
    }
    return message.build();
  }

  /** What cannot be understood was certainly answered to something: nobody knows what. */
  static ForwardAnswer fromMessage(ForwardResponse message) {
    return switch (message.getResponseCase()) {
      case OUTCOME -> decided(message.getOutcome().toByteArray());
      case RENEWED -> new ForwardAnswer.Renewed(message.getRenewed().getTtlMillisList());
      case FAILURE -> new ForwardAnswer.Refused(reason(message.getFailure()));
      case RESPONSE_NOT_SET -> new ForwardAnswer.Refused(ForwardAnswer.Reason.INDETERMINATE);
    };
  }

  private static ForwardAnswer decided(byte[] outcome) {
    try {
      return new ForwardAnswer.Decided(OutcomeCodec.decode(outcome));
    } catch (IllegalArgumentException e) {
      return new ForwardAnswer.Refused(ForwardAnswer.Reason.INDETERMINATE);
    }
  }

  private static Failure toMessage(ForwardAnswer.Reason reason) {
    return switch (reason) {
      case NOT_LEADER -> Failure.FAILURE_NOT_LEADER;
      case OVERLOADED -> Failure.FAILURE_OVERLOADED;
      case INDETERMINATE -> Failure.FAILURE_INDETERMINATE;
      case DISK_LOW -> Failure.FAILURE_DISK_LOW;
    };
  }

  private static ForwardAnswer.Reason reason(Failure failure) {
    return switch (failure) {
      case FAILURE_NOT_LEADER -> ForwardAnswer.Reason.NOT_LEADER;
      case FAILURE_OVERLOADED -> ForwardAnswer.Reason.OVERLOADED;
      case FAILURE_DISK_LOW -> ForwardAnswer.Reason.DISK_LOW;
      case FAILURE_INDETERMINATE, FAILURE_UNSPECIFIED, UNRECOGNIZED ->
          ForwardAnswer.Reason.INDETERMINATE;
    };
  }
}
