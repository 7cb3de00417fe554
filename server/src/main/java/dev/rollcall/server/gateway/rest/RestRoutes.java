package dev.rollcall.server.gateway.rest;

import com.google.protobuf.Message;
import dev.rollcall.server.api.StatusMapper;
import dev.rollcall.server.gateway.http.HttpAnswer;
import dev.rollcall.server.gateway.http.HttpCall;
import dev.rollcall.server.gateway.http.HttpRefusal;
import dev.rollcall.server.gateway.http.HttpRoutes;
import dev.rollcall.v1.DeregisterRequest;
import dev.rollcall.v1.DiscoveryGrpc;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.GetInstanceRequest;
import dev.rollcall.v1.Instance;
import dev.rollcall.v1.InstanceKey;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.KeepAliveResponse;
import dev.rollcall.v1.LeaseRenewal;
import dev.rollcall.v1.ListServicesRequest;
import dev.rollcall.v1.Locality;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RegistrationGrpc;
import dev.rollcall.v1.ResolveRequest;
import dev.rollcall.v1.UpdateRequest;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** The routes under {@code /v1}, and their description. */
public final class RestRoutes implements HttpRoutes {
  /** The description's place in the class path, and on the node. */
  static final String OPENAPI = "/openapi.yaml";

  private static final Set<String> CONSISTENCY =
      Set.of("consistency", "min_revision", "max_lag_millis");
  private static final Set<String> NEAR = Set.of("region", "zone", "sub_zone");

  private static final String INSTANCES = "/v1/services/{service}/instances";
  private static final String INSTANCE = INSTANCES + "/{instance_id}";

  private final Channel services;
  private final LongSupplier wallMicros;

  /** The last one given away here. */
  private final AtomicLong incarnation = new AtomicLong();

  private final WatchEvents watches;
  private final List<Route> routes;

  /**
   * Over the node's own services.
   *
   * @param services where they are called
   * @param wallMicros microseconds since 1970: the incarnation of instances that come without one
   */
  public RestRoutes(Channel services, LongSupplier wallMicros) {
    this.services = services;
    this.wallMicros = wallMicros;
    watches = new WatchEvents(services);
    routes =
        List.of(
            Route.of("GET", OPENAPI, Set.of(), (call, path) -> description()),
            Route.of(
                "GET",
                "/v1/services",
                with(CONSISTENCY, "namespace", "prefix", "filter", "page_size", "page_token"),
                this::list),
            Route.of(
                "GET",
                INSTANCES,
                with(
                    with(CONSISTENCY, NEAR.toArray(String[]::new)),
                    "namespace",
                    "filter",
                    "subset",
                    "healthy_only",
                    "endpoint",
                    "limit",
                    "page_size",
                    "page_token"),
                this::resolve),
            Route.of("GET", INSTANCE, with(CONSISTENCY, "namespace"), this::get),
            Route.of("PUT", INSTANCE, Set.of("namespace", "ttl_millis", "lease_id"), this::put),
            Route.of("PATCH", INSTANCE, Set.of("namespace"), this::update),
            Route.of("DELETE", INSTANCE, Set.of("namespace", "incarnation"), this::deregister),
            Route.of("POST", "/v1/register", Set.of(), this::register),
            Route.of("POST", "/v1/leases/{lease_id}/renew", Set.of(), this::renew),
            Route.of("POST", "/v1/renew", Set.of(), this::renewMany),
            Route.of(
                "GET", "/v1/watch", WatchEvents.PARAMETERS, (call, path) -> watches.open(call)));
  }

  /** What there is, to be compared with what is described. */
  List<Route> routes() {
    return routes;
  }

  @Override
  public Optional<HttpAnswer> answer(HttpCall call) {
    var methods = new LinkedHashSet<String>();
    for (Route route : routes) {
      var variables = route.match(call.path());
      if (variables.isPresent()) {
        if (route.method().equals(call.method())) {
          return Optional.of(route.answer(call, variables.get()));
        }
        methods.add(route.method());
      }
    }
    if (!methods.isEmpty()) {
      throw HttpRefusal.methodNotAllowed(call, methods.toArray(String[]::new));
    }
    return Optional.empty();
  }

  private HttpAnswer list(HttpCall call, Map<String, String> path) {
    var request = ListServicesRequest.newBuilder();
    setAll(request, call, "namespace", "prefix", "filter", "page_size", "page_token");
    ConsistencyQuery.of(call).ifPresent(request::setConsistency);
    return json(() -> discovery().listServices(request.build()));
  }

  private HttpAnswer resolve(HttpCall call, Map<String, String> path) {
    var request = ResolveRequest.newBuilder().setService(variable(path, "service"));
    setAll(request, call, "namespace", "filter", "subset", "healthy_only", "endpoint", "limit");
    setAll(request, call, "page_size", "page_token");
    var near = Locality.newBuilder();
    setAll(near, call, NEAR.toArray(String[]::new));
    request.setNear(near);
    ConsistencyQuery.of(call).ifPresent(request::setConsistency);
    return json(() -> discovery().resolve(request.build()));
  }

  private HttpAnswer get(HttpCall call, Map<String, String> path) {
    var request = GetInstanceRequest.newBuilder().setKey(key(call, path));
    ConsistencyQuery.of(call).ifPresent(request::setConsistency);
    return json(() -> discovery().getInstance(request.build()));
  }

  private HttpAnswer put(HttpCall call, Map<String, String> path) {
    var instance = Instance.newBuilder();
    ProtoJson.merge(call, instance);
    InstanceKey key = key(call, path);
    requireSame("namespace", instance.getNamespace(), key.getNamespace());
    requireSame("service", instance.getService(), key.getService());
    requireSame("instanceId", instance.getInstanceId(), key.getInstanceId());
    instance
        .setNamespace(key.getNamespace())
        .setService(key.getService())
        .setInstanceId(key.getInstanceId());
    if (call.query("ttl_millis").isPresent() && call.query("lease_id").isPresent()) {
      throw HttpRefusal.invalid(
          "ttl_millis makes a lease and lease_id names one: give one of them");
    }
    var request = RegisterRequest.newBuilder();
    setAll(request, call, "ttl_millis", "lease_id");
    return register(request.addInstances(instance));
  }

  private HttpAnswer register(HttpCall call, Map<String, String> path) {
    var request = RegisterRequest.newBuilder();
    ProtoJson.merge(call, request);
    return register(request);
  }

  private HttpAnswer register(RegisterRequest.Builder request) {
    for (Instance.Builder instance : request.getInstancesBuilderList()) {
      if (instance.getIncarnation() == 0) {
        long now = wallMicros.getAsLong();
        // Two registrations within the clock's step are two lives all the same.
        instance.setIncarnation(incarnation.updateAndGet(last -> Math.max(last + 1, now)));
      }
    }
    return json(() -> registration().register(request.build()));
  }

  private HttpAnswer update(HttpCall call, Map<String, String> path) {
    var request = UpdateRequest.newBuilder();
    ProtoJson.merge(call, request);
    if (request.hasKey()) {
      throw HttpRefusal.invalid("the path names the instance; leave key out");
    }
    return json(() -> registration().update(request.setKey(key(call, path)).build()));
  }

  private HttpAnswer deregister(HttpCall call, Map<String, String> path) {
    var request = DeregisterRequest.newBuilder().setKey(key(call, path));
    setAll(request, call, "incarnation");
    return json(() -> registration().deregister(request.build()));
  }

  private HttpAnswer renew(HttpCall call, Map<String, String> path) {
    String text = variable(path, "lease_id");
    long leaseId;
    try {
      leaseId = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw HttpRefusal.invalid("a lease id is a number: '%s'".formatted(text));
    }
    var request = KeepAliveRequest.newBuilder().addLeaseIds(leaseId).build();
    return json(() -> {
      LeaseRenewal renewal = keepAlive(request).getRenewals(0);
      if (!renewal.getAlive()) {
        throw StatusMapper.status(ErrorReason.LEASE_NOT_FOUND, "no such lease: " + leaseId);
      }
      return renewal;
    });
  }

  private HttpAnswer renewMany(HttpCall call, Map<String, String> path) {
    var request = KeepAliveRequest.newBuilder();
    ProtoJson.merge(call, request);
    return json(() -> keepAlive(request.build()));
  }

  private KeepAliveResponse keepAlive(KeepAliveRequest request)
      throws StatusException, InterruptedException {
    var stream = RegistrationGrpc.newBlockingV2Stub(services).keepAlive();
    stream.write(request);
    stream.halfClose();
    return Objects.requireNonNull(stream.read(), "each request has an answer");
  }

  private static HttpAnswer description() {
    try (InputStream in = RestRoutes.class.getResourceAsStream(OPENAPI)) {
      return HttpAnswer.of(200, "application/yaml", Objects.requireNonNull(in).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A call that answers with a message. */
  @FunctionalInterface
  private interface Exchange {
    Message message() throws StatusException, InterruptedException;
  }

  private static HttpAnswer json(Exchange exchange) {
    try {
      return HttpAnswer.of(200, HttpAnswer.JSON, ProtoJson.print(exchange.message()));
    } catch (StatusException e) {
      throw new StatusRuntimeException(e.getStatus(), e.getTrailers());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StatusMapper.status(ErrorReason.OUTCOME_UNKNOWN, "the node stopped meanwhile");
    }
  }

  private DiscoveryGrpc.DiscoveryBlockingV2Stub discovery() {
    return DiscoveryGrpc.newBlockingV2Stub(services);
  }

  private RegistrationGrpc.RegistrationBlockingV2Stub registration() {
    return RegistrationGrpc.newBlockingV2Stub(services);
  }

  private static InstanceKey key(HttpCall call, Map<String, String> path) {
    return InstanceKey.newBuilder()
        .setNamespace(call.query("namespace").orElse(""))
        .setService(variable(path, "service"))
        .setInstanceId(variable(path, "instance_id"))
        .build();
  }

  private static String variable(Map<String, String> path, String name) {
    return Objects.requireNonNull(path.get(name));
  }

  private static void setAll(Message.Builder into, HttpCall call, String... names) {
    for (String name : names) {
      call.query(name).ifPresent(value -> ProtoJson.set(into, name, value));
    }
  }

  private static void requireSame(String field, String inBody, String inPath) {
    if (!inBody.isEmpty() && !inBody.equals(inPath)) {
      throw HttpRefusal.invalid(
          "%s is '%s' in the body and '%s' in path or query".formatted(field, inBody, inPath));
    }
  }

  private static Set<String> with(Set<String> names, String... more) {
    var all = new LinkedHashSet<>(names);
    all.addAll(Arrays.asList(more));
    return Set.copyOf(all);
  }
}
