package dev.rollcall.server.watch;

import dev.rollcall.server.api.ServiceMethods;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.WatchRequest;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;

/** Puts Watch, with messages that come encoded, into the place of the generated method. */
public final class WatchMethod {
  private static final MethodDescriptor<WatchRequest, WatchMessage> METHOD =
      DiscoveryGrpc.getWatchMethod().toBuilder(
              DiscoveryGrpc.getWatchMethod().getRequestMarshaller(),
              WatchMessage.Marshaller.MARSHALLER)
          .build();

  /** The client's end of the connection that a call came by: no two have the same. */
  private static final Context.Key<Object> CONNECTION = Context.key("connection");

  private WatchMethod() {}

  /** The generated service with this method for Watch. */
  public static ServerServiceDefinition into(ServerServiceDefinition generated, WatchPump pump) {
    ServerCallHandler<WatchRequest, WatchMessage> streams =
        ServerCalls.asyncBidiStreamingCall(observer ->
            pump.open((ServerCallStreamObserver<WatchMessage>) observer, CONNECTION.get()));
    ServerCallHandler<WatchRequest, WatchMessage> handler =
        (call, headers) -> {
          Object client = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
          var context = Context.current().withValue(CONNECTION, client == null ? call : client);
          return Contexts.interceptCall(context, call, headers, streams);
        };
    return ServiceMethods.replace(generated, ServerMethodDefinition.create(METHOD, handler));
  }
}
