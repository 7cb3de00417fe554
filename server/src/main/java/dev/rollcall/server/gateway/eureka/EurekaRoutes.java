package dev.rollcall.server.gateway.eureka;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.gateway.http.HttpAnswer;
import dev.rollcall.server.gateway.http.HttpCall;
import dev.rollcall.server.gateway.http.HttpErrors;
import dev.rollcall.server.gateway.http.HttpRefusal;
import dev.rollcall.server.gateway.http.HttpRoutes;
import dev.rollcall.server.gateway.http.RegistryCalls;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.InvalidRequest;
import dev.rollcall.store.instance.RegisteredInstance;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Eureka's paths, below {@code /eureka}, {@code /eureka/v2} and {@code /v2}: whatever base its
 * clients were told. docs/eureka.md is the list, with what is different from Netflix' server.
 *
 * <p>What is looked up is what this node knows, quorum or not; what is written is replicated before
 * it is answered. Any thread that may block.
 */
public final class EurekaRoutes implements HttpRoutes {
  private static final String GET = "GET";
  private static final String POST = "POST";
  private static final String PUT = "PUT";
  private static final String DELETE = "DELETE";

  /** Eureka's clients give up after 8 s, and then say nothing of what they might have heard. */
  private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  private final Clock clock;
  private final RegistryStore store;
  private final RegistryViews views;
  private final WireEncoder encoder;
  private final EurekaRegistrations registrations;

  /** Over the node's one door to the registry and its store. */
  public EurekaRoutes(RegistryCalls calls, RegistryStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    encoder = new WireEncoder(new InstanceWriter(store::ttlMillis));
    views = new RegistryViews(store, clock, encoder);
    registrations = new EurekaRegistrations(calls, store, clock);
  }

  @Override
  public Optional<HttpAnswer> answer(HttpCall call) {
    return below(call.path())
        .map(path -> {
          try {
            return answer(call.within(clock.nanoTime() + ANSWER_NANOS_MAX), path);
          } catch (InvalidRequest e) {
            // Clients read the line, if anything; a code would be another thing for them to parse.
            return refused(String.valueOf(e.getMessage()));
          }
        });
  }

  /** The path below the base, of whichever spelling. */
  private static Optional<List<String>> below(List<String> path) {
    if (path.isEmpty()) {
      return Optional.empty();
    }
    int base =
        switch (path.getFirst()) {
          case "eureka" -> path.size() > 1 && path.get(1).equals("v2") ? 2 : 1;
          case "v2" -> 1;
          default -> 0;
        };
    return base == 0 ? Optional.empty() : Optional.of(path.subList(base, path.size()));
  }

  private HttpAnswer answer(HttpCall call, List<String> path) {
    if (path.isEmpty()) {
      return HttpAnswer.empty(404);
    }
    List<String> rest = path.subList(1, path.size());
    return switch (path.getFirst()) {
      case "apps" -> apps(call, rest);
      case "instances" -> instances(call, rest);
      case "vips" -> vips(call, rest, false);
      case "svips" -> vips(call, rest, true);
      case "peerreplication" ->
          HttpAnswer.of(
              403, HttpAnswer.PLAIN, "this server replicates by itself; it is nobody's peer\n");
      default -> HttpAnswer.empty(404);
    };
  }

  private HttpAnswer apps(HttpCall call, List<String> path) {
    return switch (path.size()) {
      case 0 -> read(call, () -> encoded(call, views.current().all()));
      case 1 ->
          path.getFirst().equals("delta") && call.method().equals(GET)
              ? encoded(call, views.current().changes())
              : app(call, path.getFirst());
      case 2 -> instance(call, path.get(0), path.get(1));
      case 3 ->
          switch (path.get(2)) {
            case "status" -> status(call, path.get(0), path.get(1));
            case "metadata" -> metadata(call, path.get(0), path.get(1));
            default -> HttpAnswer.empty(404);
          };
      default -> HttpAnswer.empty(404);
    };
  }

  private HttpAnswer app(HttpCall call, String app) {
    return switch (call.method()) {
      case POST -> {
        try {
          registrations.register(app, call);
          yield HttpAnswer.empty(204);
        } catch (MalformedBody e) {
          yield refused(String.valueOf(e.getMessage()));
        }
      }
      case GET -> {
        var format = format(call);
        var found = key(app, "any").map(key -> views.current().apps().get(folded(key)));
        yield found
            .map(view -> answered(format, WireEncoder.app(view.part(format), format)))
            .orElseGet(() -> HttpAnswer.empty(404));
      }
      default -> throw HttpRefusal.methodNotAllowed(call, GET, POST);
    };
  }

  private HttpAnswer instance(HttpCall call, String app, String id) {
    var key = key(app, id);
    return switch (call.method()) {
      case GET -> shown(call, key.flatMap(store::instance));
      case PUT -> heartbeat(call, key);
      case DELETE -> found(key.isPresent() && registrations.cancel(key.get(), call));
      default -> throw HttpRefusal.methodNotAllowed(call, GET, PUT, DELETE);
    };
  }

  /**
   * Never with a body: clients read whatever comes as an instance, fail at it, and then do not
   * register anew.
   */
  private HttpAnswer heartbeat(HttpCall call, Optional<InstanceKey> key) {
    try {
      return found(key.isPresent() && registrations.renew(key.get(), call));
    } catch (StatusRuntimeException e) {
      return HttpAnswer.empty(HttpErrors.answer(e).status());
    }
  }

  private HttpAnswer status(HttpCall call, String app, String id) {
    var key = key(app, id);
    return switch (call.method()) {
      case PUT -> {
        String value = call.query("value").orElse("");
        if (WireStatus.of(value).isEmpty() && !value.equals(Wire.UNKNOWN)) {
          yield refused("value must be UP, DOWN, STARTING, OUT_OF_SERVICE or UNKNOWN");
        }
        yield found(
            key.isPresent() && registrations.override(key.get(), WireStatus.of(value), call));
      }
      case DELETE -> {
        var value = call.query("value").flatMap(WireStatus::of);
        yield found(key.isPresent() && registrations.clearOverride(key.get(), value, call));
      }
      default -> throw HttpRefusal.methodNotAllowed(call, PUT, DELETE);
    };
  }

  private HttpAnswer metadata(HttpCall call, String app, String id) {
    if (!call.method().equals(PUT)) {
      throw HttpRefusal.methodNotAllowed(call, PUT);
    }
    var key = key(app, id);
    return found(key.isPresent() && registrations.putMetadata(key.get(), call));
  }

  private HttpAnswer instances(HttpCall call, List<String> path) {
    return path.size() == 1
        ? read(call, () -> shown(call, views.current().instance(path.getFirst())))
        : HttpAnswer.empty(404);
  }

  private HttpAnswer vips(HttpCall call, List<String> path, boolean isSecure) {
    if (path.size() != 1) {
      return HttpAnswer.empty(404);
    }
    var format = format(call);
    return read(
        call, () -> answered(format, views.current().vip(path.getFirst(), isSecure, format)));
  }

  private HttpAnswer shown(HttpCall call, Optional<RegisteredInstance> instance) {
    var format = format(call);
    return instance
        .map(found -> encoder.whole(found, format))
        .map(bytes -> answered(format, WireEncoder.alone(bytes, format)))
        .orElseGet(() -> HttpAnswer.empty(404));
  }

  private static HttpAnswer read(HttpCall call, Supplier<HttpAnswer> answer) {
    if (!call.method().equals(GET)) {
      throw HttpRefusal.methodNotAllowed(call, GET);
    }
    return answer.get();
  }

  private static HttpAnswer encoded(HttpCall call, EncodedAnswer answer) {
    var format = format(call);
    if (!call.acceptsGzip()) {
      return answered(format, answer.plain(format));
    }
    return answered(format, answer.zipped(format)).with("Content-Encoding", "gzip");
  }

  private static HttpAnswer answered(WireFormat format, byte[] body) {
    return HttpAnswer.of(200, format.contentType(), body)
        .with("Vary", "Accept, Accept-Encoding, X-Eureka-Accept");
  }

  private static WireFormat format(HttpCall call) {
    return WireFormat.of(call.header("Accept"), call.header("X-Eureka-Accept"));
  }

  private static HttpAnswer found(boolean isFound) {
    return HttpAnswer.empty(isFound ? 200 : 404);
  }

  private static HttpAnswer refused(String line) {
    return HttpAnswer.of(400, HttpAnswer.PLAIN, line + "\n");
  }

  private static String folded(InstanceKey key) {
    return key.service().foldedName();
  }

  /** What cannot name an instance names none. */
  private static Optional<InstanceKey> key(String app, String id) {
    try {
      return Optional.of(new InstanceKey(InstanceReader.service(app), id));
    } catch (InvalidRequest e) {
      return Optional.empty();
    }
  }
}
