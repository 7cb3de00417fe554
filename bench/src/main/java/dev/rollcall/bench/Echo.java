package dev.rollcall.bench;

import dev.rollcall.server.api.EventLoops;
import dev.rollcall.server.api.GrpcListener;
import dev.rollcall.server.api.GrpcListener.Serving;
import dev.rollcall.server.config.HostPort;
import io.grpc.BindableService;
import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A bare gRPC server with the settings of a node's port for clients that answers every call of one
 * method with the bytes of a file: what an answer costs when nobody looks anything up.
 */
final class Echo implements BindableService {
  private static final int LOOPS_MIN = 2;

  private final MethodDescriptor<byte[], byte[]> method;
  private final byte[] answer;

  private Echo(MethodDescriptor<byte[], byte[]> method, byte[] answer) {
    this.method = method;
    this.answer = answer;
  }

  /** Arguments: port, full name of the method, file with the answer. Does not return. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    byte[] answer = Files.readAllBytes(Path.of(arguments[2]));
    var echo = new Echo(Bytes.method(arguments[1]), answer);
    int loops = Math.max(LOOPS_MIN, Runtime.getRuntime().availableProcessors());
    GrpcListener.forClients(
        HostPort.parse("127.0.0.1:" + arguments[0]),
        EventLoops.start("clients", loops),
        new Serving(List.of(echo), new Nothing(), List.of()));
    new CountDownLatch(1).await();
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(
            MethodDescriptor.extractFullServiceName(method.getFullMethodName()))
        .addMethod(
            method,
            ServerCalls.asyncUnaryCall((request, observer) -> {
              observer.onNext(answer);
              observer.onCompleted();
            }))
        .build();
  }

  private static final class Nothing extends HandlerRegistry {
    @Override
    public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
        String name, @Nullable String authority) {
      return null;
    }
  }
}
