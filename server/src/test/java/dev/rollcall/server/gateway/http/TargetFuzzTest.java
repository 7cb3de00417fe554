package dev.rollcall.server.gateway.http;

import static dev.rollcall.testkit.FuzzTarget.requireEqual;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.testkit.FuzzTarget;
import dev.rollcall.testkit.FuzzTargets;
import java.net.URLEncoder;
import java.util.List;
import java.util.stream.Collectors;

/** Targets of requests: refused, or decoded into what encodes to a target that reads the same. */
public final class TargetFuzzTest implements FuzzTargets {
  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        new FuzzTarget(
            "HTTP_TARGET",
            TargetFuzzTest::target,
            List.of(
                "/v1/services/orders/instances?filter=zone+%3D%3D+z1&limit=5".getBytes(UTF_8),
                "/eureka/apps/%C3%A9%2F/i-1/metadata?a=&a=b&%00=%25&c".getBytes(UTF_8))));
  }

  /** {@link HttpTarget}. */
  private static void target(byte[] input) {
    HttpTarget target;
    try {
      target = HttpTarget.parse(new String(input, ISO_8859_1));
    } catch (HttpRefusal e) {
      requireEqual(e.answer().status(), 400);
      return;
    }
    requireEqual(target, HttpTarget.parse(encoded(target)));
  }

  private static String encoded(HttpTarget target) {
    String path =
        target.path().stream()
            .map(segment -> URLEncoder.encode(segment, UTF_8).replace("+", "%20"))
            .collect(Collectors.joining("/", "/", ""));
    String query =
        target.queries().entrySet().stream()
            .flatMap(each ->
                each.getValue().stream()
                    .map(value ->
                        URLEncoder.encode(each.getKey(), UTF_8)
                            + "="
                            + URLEncoder.encode(value, UTF_8)))
            .collect(Collectors.joining("&"));
    return path + "?" + query;
  }
}
