package dev.rollcall.server.discovery;

import dev.rollcall.server.api.ServiceMethods;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.ResolveRequest;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.ServerCalls.UnaryMethod;

/** Puts Resolve, with answers that come encoded, into the place of the generated method. */
final class ResolveMethod {
  private static final MethodDescriptor<ResolveRequest, ResolveAnswer> METHOD =
      DiscoveryGrpc.getResolveMethod().toBuilder(
              DiscoveryGrpc.getResolveMethod().getRequestMarshaller(),
              ResolveAnswer.Marshaller.MARSHALLER)
          .build();

  private ResolveMethod() {}

  /** The generated service with this method for Resolve. */
  static ServerServiceDefinition into(
      ServerServiceDefinition generated, UnaryMethod<ResolveRequest, ResolveAnswer> resolve) {
    return ServiceMethods.replace(generated, encoded(resolve));
  }

  private static ServerMethodDefinition<ResolveRequest, ResolveAnswer> encoded(
      UnaryMethod<ResolveRequest, ResolveAnswer> resolve) {
    ServerCallHandler<ResolveRequest, ResolveAnswer> handler = ServerCalls.asyncUnaryCall(resolve);
    return ServerMethodDefinition.create(METHOD, handler);
  }
}
