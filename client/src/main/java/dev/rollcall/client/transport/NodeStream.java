package dev.rollcall.client.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * One open stream to one node. Messages are taken from the network only as fast as the loop handles
 * them, so a flood waits in the node and not in this process.
 */
public final class NodeStream<Q, A> {
  /** Messages on their way to the loop at most. */
  public static final int IN_FLIGHT_MAX = 32;

  /** What comes from the node; on the loop, nothing after {@link #cancel}. */
  public interface Listener<A> {
    /** The next message. */
    void message(A message);

    /** The stream is over, for whatever reason; the last call. */
    void closed(String cause);
  }

  private final EventLoop loop;
  private final Nodes nodes;
  private final Lane lane;
  private final Node node;
  private final ClientCall<Q, A> wire;
  private final boolean isPaced;
  private boolean isOver;

  private NodeStream(Nodes nodes, Lane lane, Node node, ClientCall<Q, A> wire, boolean isPaced) {
    this.loop = nodes.loop();
    this.nodes = nodes;
    this.lane = lane;
    this.node = node;
    this.wire = wire;
    this.isPaced = isPaced;
  }

  /**
   * Opens a stream; a node that cannot be reached shows as {@link Listener#closed}. On the loop.
   */
  public static <Q, A> NodeStream<Q, A> open(
      Nodes nodes, Lane lane, Node node, MethodDescriptor<Q, A> method, Listener<A> listener) {
    ClientCall<Q, A> wire = nodes.channel(lane, node).newCall(method, CallOptions.DEFAULT);
    return new NodeStream<>(nodes, lane, node, wire, false).start(listener);
  }

  /** As {@link #open}, but takes no more messages than {@link #request} says. On the loop. */
  public static <Q, A> NodeStream<Q, A> openPaced(
      Nodes nodes, Lane lane, Node node, MethodDescriptor<Q, A> method, Listener<A> listener) {
    ClientCall<Q, A> wire = nodes.channel(lane, node).newCall(method, CallOptions.DEFAULT);
    return new NodeStream<>(nodes, lane, node, wire, true).start(listener);
  }

  private NodeStream<Q, A> start(Listener<A> listener) {
    wire.start(new Wire(listener), new Metadata());
    if (!isPaced) {
      wire.request(IN_FLIGHT_MAX);
    }
    return this;
  }

  /** Takes so many more messages. Paced streams only, on the loop. */
  public void request(int messages) {
    if (!isOver) {
      wire.request(messages);
    }
  }

  /** The node at the other end. */
  public Node node() {
    return node;
  }

  /** Sends a message; ignored when the stream is over. On the loop. */
  public void send(Q message) {
    if (!isOver) {
      wire.sendMessage(message);
    }
  }

  /** Ends the stream; the listener hears nothing more. On the loop. */
  public void cancel() {
    if (!isOver) {
      isOver = true;
      wire.cancel("not needed any more", null);
    }
  }

  private void closed(Status status, Metadata trailers, Listener<A> listener) {
    if (isOver) {
      return;
    }
    isOver = true;
    if (status.isOk()) {
      listener.closed(node + " ended the stream");
      return;
    }
    CallFailure failure = CallFailure.of(status, trailers, node.address(), true);
    if (failure.isConnection()) {
      nodes.disconnect(lane, node);
    }
    listener.closed(failure.message());
  }

  /** On gRPC's thread: hands everything over to the loop. */
  private final class Wire extends ClientCall.Listener<A> {
    private final Listener<A> listener;

    Wire(Listener<A> listener) {
      this.listener = listener;
    }

    @Override
    public void onMessage(A message) {
      loop.execute(() -> {
        if (!isOver) {
          if (!isPaced) {
            wire.request(1);
          }
          listener.message(message);
        }
      });
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      loop.execute(() -> closed(status, trailers, listener));
    }
  }
}
