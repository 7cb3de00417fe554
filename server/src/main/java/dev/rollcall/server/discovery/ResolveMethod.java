package dev.rollcall.server.discovery;

import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.ResolveRequest;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.ServerCalls.UnaryMethod;
import java.util.ArrayList;

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
    var methods = new ArrayList<ServerMethodDefinition<?, ?>>();
    for (ServerMethodDefinition<?, ?> method : generated.getMethods()) {
      boolean isResolve =
          method.getMethodDescriptor().getFullMethodName().equals(METHOD.getFullMethodName());
      methods.add(isResolve ? encoded(resolve) : method);
    }
    var descriptor =
        ServiceDescriptor.newBuilder(generated.getServiceDescriptor().getName())
            .setSchemaDescriptor(generated.getServiceDescriptor().getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    var service = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(service::addMethod);
    return service.build();
  }

  private static ServerMethodDefinition<ResolveRequest, ResolveAnswer> encoded(
      UnaryMethod<ResolveRequest, ResolveAnswer> resolve) {
    ServerCallHandler<ResolveRequest, ResolveAnswer> handler = ServerCalls.asyncUnaryCall(resolve);
    return ServerMethodDefinition.create(METHOD, handler);
  }
}
