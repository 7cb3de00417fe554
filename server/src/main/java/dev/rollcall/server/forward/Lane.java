package dev.rollcall.server.forward;

import dev.rollcall.forward.v1.ForwardRequest;
import dev.rollcall.forward.v1.ForwardResponse;
import dev.rollcall.forward.v1.ForwardingGrpc;
import dev.rollcall.server.api.SerialStream;
import dev.rollcall.server.replication.ForwardAnswer;
import dev.rollcall.server.replication.ForwardAnswer.Reason;
import dev.rollcall.server.replication.ForwardAnswer.Refused;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream to a leader: opening → open → broken, and never back. While it opens, requests wait
 * here, so that a leader which cannot be reached has certainly executed none of them. Any thread.
 */
final class Lane implements ClientResponseObserver<ForwardRequest, ForwardResponse> {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  // Guarded by this; no stream is used and no answer given under it.
  private final Map<Long, Consumer<ForwardAnswer>> asked = new HashMap<>();
  private final List<ForwardRequest> unsent = new ArrayList<>();
  private State state = State.OPENING;

  private @Nullable SerialStream<ForwardRequest> out;

  private enum State {
    OPENING,
    OPEN,
    BROKEN
  }

  private Lane() {}

  static Lane open(Channel channel, Metadata headers) {
    var lane = new Lane();
    ForwardingGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .forward(lane);
    return lane;
  }

  /** Asks, or says that it cannot be asked here. */
  void send(ForwardRequest request, Consumer<ForwardAnswer> answer) {
    boolean isOpen;
    synchronized (this) {
      if (state == State.BROKEN) {
        isOpen = false;
      } else {
        asked.put(request.getRequestId(), answer);
        isOpen = state == State.OPEN;
        if (!isOpen) {
          unsent.add(request);
          return;
        }
      }
    }
    if (isOpen) {
      stream().send(request);
    } else {
      answer.accept(new Refused(Reason.NOT_LEADER));
    }
  }

  synchronized boolean isBroken() {
    return state == State.BROKEN;
  }

  /** Ends the lane; what was asked and not answered is answered for. */
  void close() {
    stream().end();
    broken();
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ForwardRequest> call) {
    out = new SerialStream<>(call);
  }

  @Override
  public void onNext(ForwardResponse response) {
    if (response.getRequestId() == 0) {
      greeted();
      return;
    }
    Consumer<ForwardAnswer> answer;
    synchronized (this) {
      answer = asked.remove(response.getRequestId());
    }
    if (answer != null) {
      answer.accept(ForwardCodec.fromMessage(response));
    }
  }

  @Override
  public void onError(Throwable failure) {
    LOG.debug("lane to the leader broke: {}", failure.toString());
    broken();
  }

  @Override
  public void onCompleted() {
    broken();
  }

  private void greeted() {
    synchronized (this) {
      if (state != State.OPENING) {
        return;
      }
      state = State.OPEN;
      unsent.forEach(stream()::offer);
      unsent.clear();
    }
    stream().drain();
  }

  private void broken() {
    List<Consumer<ForwardAnswer>> answers;
    Reason reason;
    synchronized (this) {
      reason = state == State.OPENING ? Reason.NOT_LEADER : Reason.INDETERMINATE;
      state = State.BROKEN;
      answers = List.copyOf(asked.values());
      asked.clear();
      unsent.clear();
    }
    answers.forEach(answer -> answer.accept(new Refused(reason)));
  }

  private SerialStream<ForwardRequest> stream() {
    // Set by gRPC within the call that opens the stream.
    return Objects.requireNonNull(out);
  }
}
