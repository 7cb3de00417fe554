package dev.rollcall.server.api;

import com.google.protobuf.MessageLite;
import dev.rollcall.v1.ErrorReason;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Reads the requests of a method, each under guard: bytes that are no message of the method end the
 * call with INVALID_REQUEST, a message over the limit with REQUEST_TOO_LARGE. Left to itself gRPC
 * answers UNKNOWN and logs a stack trace for whatever a stranger sends.
 *
 * <p>A call that ends so looks to its service as if the client had hung up: what it still answers,
 * on whatever thread, goes nowhere.
 */
final class CheckedRequests {
  private CheckedRequests() {}

  /** What was read. */
  private sealed interface Read<A> {
    record Message<A>(A message) implements Read<A> {}

    record Refused<A>(StatusRuntimeException status) implements Read<A> {}
  }

  /** The same method, but for requests that are refused before it sees them. */
  static <A, B> ServerMethodDefinition<?, B> of(
      ServerMethodDefinition<A, B> method, int requestBytesMax) {
    MethodDescriptor<A, B> descriptor = method.getMethodDescriptor();
    var checked =
        descriptor.toBuilder(
                new Reader<>(descriptor.getRequestMarshaller(), requestBytesMax),
                descriptor.getResponseMarshaller())
            .build();
    ServerCallHandler<A, B> handler = method.getServerCallHandler();
    return ServerMethodDefinition.create(
        checked,
        (call, headers) -> {
          var endable = new EndableCall<>(CheckedRequests.<A, B>asDescribed(call));
          return new Listener<>(endable, handler.startCall(endable, headers));
        });
  }

  /** A call takes its requests by its listener only, and that one is ours. */
  @SuppressWarnings("unchecked")
  private static <A, B> ServerCall<A, B> asDescribed(ServerCall<Read<A>, B> call) {
    return (ServerCall<A, B>) (ServerCall<?, B>) call;
  }

  private record Reader<A>(Marshaller<A> marshaller, int bytesMax) implements Marshaller<Read<A>> {
    @Override
    public InputStream stream(Read<A> value) {
      throw new UnsupportedOperationException("a server sends no requests");
    }

    @Override
    public Read<A> parse(InputStream stream) {
      try {
        boolean isLengthKnown = stream instanceof KnownLength;
        if (isLengthKnown && stream.available() > bytesMax) {
          return tooLarge();
        }
        A message = marshaller.parse(stream);
        // What comes compressed has shown its length only now.
        return !isLengthKnown && length(message) > bytesMax
            ? tooLarge()
            : new Read.Message<>(message);
      } catch (StatusRuntimeException e) {
        // So says what unpacks a compressed message once it is over the limit of the port.
        return e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED ? tooLarge() : malformed();
      } catch (IOException e) {
        // Out of the memory of this process.
        throw new UncheckedIOException(e);
      }
    }

    private Read<A> tooLarge() {
      return new Read.Refused<>(
          StatusMapper.status(
              ErrorReason.REQUEST_TOO_LARGE, "a request has at most " + bytesMax + " bytes"));
    }

    private Read<A> malformed() {
      return new Read.Refused<>(
          StatusMapper.status(
              ErrorReason.INVALID_REQUEST, "the bytes are no message of this method"));
    }

    private static int length(Object message) {
      return message instanceof MessageLite proto ? proto.getSerializedSize() : 0;
    }
  }

  /**
   * A call that its reader may end while its service answers from another thread: gRPC leaves the
   * order of answers to whoever calls.
   */
  private static final class EndableCall<A, B> extends SimpleForwardingServerCall<A, B> {
    // Guarded by this.
    private boolean closed;

    EndableCall(ServerCall<A, B> call) {
      super(call);
    }

    synchronized void end(StatusRuntimeException status) {
      Metadata trailers = status.getTrailers();
      close(status.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!closed) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(B message) {
      if (!closed) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!closed) {
        closed = true;
        super.close(status, trailers);
      }
    }
  }

  private static final class Listener<A> extends ServerCall.Listener<Read<A>> {
    private final EndableCall<A, ?> call;
    private final ServerCall.Listener<A> listener;
    private boolean isOver;

    Listener(EndableCall<A, ?> call, ServerCall.Listener<A> listener) {
      this.call = call;
      this.listener = listener;
    }

    @Override
    public void onMessage(Read<A> read) {
      if (isOver) {
        return;
      }
      switch (read) {
        case Read.Message<A>(var message) -> listener.onMessage(message);
        case Read.Refused<A>(var status) -> {
          isOver = true;
          call.end(status);
          listener.onCancel();
        }
      }
    }

    @Override
    public void onHalfClose() {
      if (!isOver) {
        listener.onHalfClose();
      }
    }

    @Override
    public void onCancel() {
      if (!isOver) {
        listener.onCancel();
      }
    }

    @Override
    public void onComplete() {
      if (!isOver) {
        listener.onComplete();
      }
    }

    @Override
    public void onReady() {
      if (!isOver) {
        listener.onReady();
      }
    }
  }
}
