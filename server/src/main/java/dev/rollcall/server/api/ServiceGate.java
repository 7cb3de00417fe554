package dev.rollcall.server.api;

import dev.rollcall.v1.ErrorReason;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Services that come and go while their port stays bound: a port in use is found before anything
 * else is begun, and a client that comes early or late reads NOT_READY instead of a refused
 * connection.
 */
public final class ServiceGate extends HandlerRegistry {
  private static final Services CLOSED = new Services(false, List.of(), Map.of());

  private final int requestBytesMax;
  private volatile Services services = CLOSED;

  /** Closed; requests longer than this will be refused. */
  public ServiceGate(int requestBytesMax) {
    this.requestBytesMax = requestBytesMax;
  }

  private record Services(
      boolean isOpen,
      List<ServerServiceDefinition> definitions,
      Map<String, ServerMethodDefinition<?, ?>> methods) {}

  /** Lets calls in. */
  public void open(List<ServerServiceDefinition> definitions) {
    var methods = new HashMap<String, ServerMethodDefinition<?, ?>>();
    for (ServerServiceDefinition definition : definitions) {
      for (ServerMethodDefinition<?, ?> method : definition.getMethods()) {
        methods.put(
            method.getMethodDescriptor().getFullMethodName(),
            CheckedRequests.of(method, requestBytesMax));
      }
    }
    services = new Services(true, List.copyOf(definitions), Map.copyOf(methods));
  }

  /** Answers new calls NOT_READY; those under way go on. */
  public void close() {
    services = CLOSED;
  }

  @Override
  public List<ServerServiceDefinition> getServices() {
    return services.definitions();
  }

  @Override
  public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
      String methodName, @Nullable String authority) {
    Services now = services;
    return now.isOpen() ? now.methods().get(methodName) : refusing(methodName);
  }

  private static ServerMethodDefinition<byte[], byte[]> refusing(String methodName) {
    var descriptor =
        MethodDescriptor.<byte[], byte[]>newBuilder(Bytes.MARSHALLER, Bytes.MARSHALLER)
            .setType(MethodDescriptor.MethodType.UNKNOWN)
            .setFullMethodName(methodName)
            .build();
    return ServerMethodDefinition.create(
        descriptor,
        (call, headers) -> {
          StatusRuntimeException refusal =
              StatusMapper.status(
                  ErrorReason.NOT_READY, "the node is starting or stopping; try another");
          Metadata trailers = refusal.getTrailers();
          call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
          return new ServerCall.Listener<>() {};
        });
  }

  /** Reads any message, so that the refusal needs to know none. */
  private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
    MARSHALLER;

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
