package dev.rollcall.client.transport;

import dev.rollcall.client.transport.EventLoop.Timer;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request to one node, once. Ends exactly once, on the loop, with an answer or a failure; or
 * silently when canceled.
 */
final class UnaryAttempt<Q, A> {
  /** Where an attempt ends. Called on the loop. */
  interface Sink<A> {
    void answered(Node node, A answer);

    void failed(Node node, CallFailure failure);
  }

  private final EventLoop loop;
  private final Node node;
  private final Sink<A> sink;
  private final SentTracer sent = new SentTracer();
  private @Nullable ClientCall<Q, A> wire;
  private Timer timer = Timer.NONE;
  private boolean isOver;

  UnaryAttempt(EventLoop loop, Node node, Sink<A> sink) {
    this.loop = loop;
    this.node = node;
    this.sink = sink;
  }

  void start(Channel channel, UnaryCall<Q, A> call, Duration timeout) {
    // The deadline tells the node how long it has. What ends the attempt here is our own timer: the
    // loop's clock is the only one this client goes by.
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
            .withStreamTracerFactory(sent);
    ClientCall<Q, A> made = channel.newCall(call.method(), options);
    wire = made;
    timer = loop.schedule(timeout, () -> timeUp(timeout));
    made.start(new Listener(), new Metadata());
    made.request(2); // a second one would be a broken server, which gRPC then reports
    made.sendMessage(call.request());
    made.halfClose();
  }

  /** Whether the request left for the node, so that it may be executed. */
  boolean wasSent() {
    return sent.wasSent();
  }

  void cancel() {
    if (end() && wire != null) {
      wire.cancel("not needed any more", null);
    }
  }

  private void timeUp(Duration timeout) {
    if (end()) {
      if (wire != null) {
        wire.cancel("no answer in time", null);
      }
      Status status =
          Status.DEADLINE_EXCEEDED.withDescription(
              "no answer within " + timeout.toMillis() + " ms");
      sink.failed(node, CallFailure.of(status, null, node.address(), sent.wasSent()));
    }
  }

  private void closed(Status status, Metadata trailers, @Nullable A answer) {
    if (!end()) {
      return;
    }
    if (status.isOk() && answer != null) {
      sink.answered(node, answer);
      return;
    }
    Status failure = status.isOk() ? Status.INTERNAL.withDescription("no answer came") : status;
    sink.failed(node, CallFailure.of(failure, trailers, node.address(), sent.wasSent()));
  }

  private boolean end() {
    boolean isFirst = !isOver;
    isOver = true;
    timer.cancel();
    return isFirst;
  }

  /** On gRPC's thread: keeps the answer and hands over to the loop at the end. */
  private final class Listener extends ClientCall.Listener<A> {
    private @Nullable A answer;

    @Override
    public void onMessage(A message) {
      answer = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      A received = answer;
      loop.execute(() -> closed(status, trailers, received));
    }
  }
}
