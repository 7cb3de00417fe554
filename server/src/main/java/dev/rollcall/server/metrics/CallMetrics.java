package dev.rollcall.server.metrics;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

/** Counts and times the unary calls of clients, by method and status. */
public final class CallMetrics implements ServerInterceptor {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10)
  };

  private final MeterRegistry registry;
  private final ConcurrentHashMap<Ending, Timer> timers = new ConcurrentHashMap<>();

  /** Keeps its meters in the registry. */
  public CallMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  private record Ending(String method, Status.Code code) {}

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    MethodDescriptor<A, B> method = call.getMethodDescriptor();
    return method.getType() == MethodType.UNARY
        ? next.startCall(new Timed<>(call, method.getFullMethodName()), headers)
        : next.startCall(call, headers);
  }

  private Timer timer(Ending ending) {
    return timers.computeIfAbsent(
        ending,
        e ->
            Timer.builder("rollcall.calls")
                .description("Unary calls of clients, from their arrival to their answer")
                .tag("method", e.method())
                .tag("status", e.code().name())
                .serviceLevelObjectives(BUCKETS)
                .register(registry));
  }

  private final class Timed<A, B> extends SimpleForwardingServerCall<A, B> {
    private final String method;
    private final Timer.Sample sample = Timer.start();

    Timed(ServerCall<A, B> call, String method) {
      super(call);
      this.method = method;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      sample.stop(timer(new Ending(method, status.getCode())));
      super.close(status, trailers);
    }
  }
}
