package dev.rollcall.client.transport;

import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.RegistryException.Unavailable;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The many answers to one request to one node, taken one by one on a thread of the caller's, which
 * may block between them: the node is asked for another only as one is taken. One thread.
 */
public final class AnswerStream<A> implements AutoCloseable {
  /** Answers on their way at most. */
  private static final int IN_FLIGHT_MAX = 4;

  private final Nodes nodes;
  private final Node node;
  private final ClientCall<?, A> wire;
  private final LinkedBlockingQueue<Event<A>> events;

  private AnswerStream(
      Nodes nodes, Node node, ClientCall<?, A> wire, LinkedBlockingQueue<Event<A>> events) {
    this.nodes = nodes;
    this.node = node;
    this.wire = wire;
    this.events = events;
  }

  private sealed interface Event<A> {
    record Answer<A>(A answer) implements Event<A> {}

    record End<A>(Status status, Metadata trailers) implements Event<A> {}
  }

  /**
   * Asks the node that requests go to. Any thread; a node that cannot be reached shows in {@link
   * #next}.
   *
   * @return completed on the loop; exceptionally when there is no node of this cluster
   */
  public static <Q, A> CompletableFuture<AnswerStream<A>> open(
      Nodes nodes, MethodDescriptor<Q, A> method, Q request) {
    var opened = new CompletableFuture<AnswerStream<A>>();
    nodes.loop().execute(() -> open(nodes, method, request, opened));
    return opened;
  }

  private static <Q, A> void open(
      Nodes nodes,
      MethodDescriptor<Q, A> method,
      Q request,
      CompletableFuture<AnswerStream<A>> opened) {
    Optional<Node> node = nodes.choose(Lane.CALLS);
    if (node.isPresent()) {
      opened.complete(open(nodes, node.get(), method, request));
    } else if (!nodes.whenLookedUp(() -> open(nodes, method, request, opened))) {
      opened.completeExceptionally(nodes.noneLeft());
    }
  }

  private static <Q, A> AnswerStream<A> open(
      Nodes nodes, Node node, MethodDescriptor<Q, A> method, Q request) {
    ClientCall<Q, A> wire = nodes.channel(Lane.CALLS, node).newCall(method, CallOptions.DEFAULT);
    var events = new LinkedBlockingQueue<Event<A>>();
    wire.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(A message) {
            events.add(new Event.Answer<>(message));
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            events.add(new Event.End<>(status, trailers));
          }
        },
        new Metadata());
    wire.request(IN_FLIGHT_MAX);
    wire.sendMessage(request);
    wire.halfClose();
    return new AnswerStream<>(nodes, node, wire, events);
  }

  /** host:port of the node. */
  public String address() {
    return node.address();
  }

  /**
   * The next answer; empty once the node has said that there are no more.
   *
   * @param patience with a node that says nothing
   * @throws RegistryException when the stream broke, was refused, or nothing came in time; other
   *     requests then go to another node
   */
  public Optional<A> next(Duration patience) throws InterruptedException {
    Event<A> event = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (event instanceof Event.Answer<A> answer) {
      wire.request(1);
      return Optional.of(answer.answer());
    }
    if (event instanceof Event.End<A> end) {
      if (end.status().isOk()) {
        return Optional.empty();
      }
      throw failure(end.status(), end.trailers());
    }
    close();
    left(false);
    throw new Unavailable(
        Reason.UNREACHABLE,
        "%s: nothing came for %d ms".formatted(node.address(), patience.toMillis()),
        null);
  }

  /** Ends the stream, whether or not it is over. */
  @Override
  public void close() {
    wire.cancel("not needed any more", null);
  }

  private RegistryException failure(Status status, Metadata trailers) {
    CallFailure failure = CallFailure.of(status, trailers, node.address(), false);
    if (failure.verdict() == CallFailure.Verdict.RETRY) {
      left(failure.isConnection());
    }
    return failure.finalFailure();
  }

  private void left(boolean isConnection) {
    nodes
        .loop()
        .execute(() -> {
          if (isConnection) {
            nodes.disconnect(Lane.CALLS, node);
          }
          nodes.failed(Lane.CALLS, node);
        });
  }
}
