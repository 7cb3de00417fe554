package dev.rollcall.server.api;

import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.ArrayList;

/** Puts methods that read or write their messages in another way into generated services. */
public final class ServiceMethods {
  private ServiceMethods() {}

  /** The service with this method in the place of its method of the same name. */
  public static ServerServiceDefinition replace(
      ServerServiceDefinition generated, ServerMethodDefinition<?, ?> replacement) {
    String name = replacement.getMethodDescriptor().getFullMethodName();
    var methods = new ArrayList<ServerMethodDefinition<?, ?>>();
    for (ServerMethodDefinition<?, ?> method : generated.getMethods()) {
      boolean isIt = method.getMethodDescriptor().getFullMethodName().equals(name);
      methods.add(isIt ? replacement : method);
    }
    var descriptor =
        ServiceDescriptor.newBuilder(generated.getServiceDescriptor().getName())
            .setSchemaDescriptor(generated.getServiceDescriptor().getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    var service = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(service::addMethod);
    return service.build();
  }
}
