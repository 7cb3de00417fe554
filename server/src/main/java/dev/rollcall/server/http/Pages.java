package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Routes by hand: there are three pages, and what clients ask for once the node serves them. */
final class Pages extends Handler.Abstract {
  private static final Set<String> NAMES = Set.of("/metrics", "/livez", "/readyz");
  static final String PLAIN = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Supplier<String> metrics;
  private final Supplier<List<Check>> readiness;
  private volatile Optional<Handler> routes = Optional.empty();

  Pages(Supplier<String> metrics, Supplier<List<Check>> readiness) {
    this.metrics = metrics;
    this.readiness = readiness;
  }

  private record Page(int status, String type, String text) {}

  void open(Handler clients) {
    routes = Optional.of(clients);
  }

  void close() {
    routes = Optional.empty();
  }

  static boolean isPage(Request request) {
    return NAMES.contains(Request.getPathInContext(request));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    boolean isPage = isPage(request);
    Optional<Handler> clients = routes;
    if (clients.isPresent() && !isPage) {
      return clients.get().handle(request, response, callback);
    }
    boolean reads =
        !isPage
            || HttpMethod.GET.is(request.getMethod())
            || HttpMethod.HEAD.is(request.getMethod());
    Page page = reads ? page(request) : new Page(405, PLAIN, "only GET and HEAD\n");
    response.setStatus(page.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, page.type());
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    if (!reads) {
      response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
    }
    response.write(true, ByteBuffer.wrap(page.text().getBytes(UTF_8)), callback);
    return true;
  }

  private Page page(Request request) {
    String path = Request.getPathInContext(request);
    return switch (path) {
      case "/metrics" -> new Page(200, PROMETHEUS, metrics.get());
      // Answering at all is the proof; a node without a leader must not be restarted for it.
      case "/livez" -> new Page(200, PLAIN, "ok\n");
      case "/readyz" -> readyz(isVerbose(request));
      default -> new Page(503, PLAIN, "the node is starting or stopping; try another\n");
    };
  }

  private Page readyz(boolean verbose) {
    List<Check> checks = readiness.get();
    var text = new StringBuilder();
    boolean ready = true;
    for (Check check : checks) {
      if (verbose) {
        text.append(check.holds() ? "[+] " : "[-] ").append(check.name()).append(": ");
        text.append(check.detail()).append('\n');
      } else if (!check.holds() && ready) {
        text.append("not ready: ").append(check.detail()).append('\n');
      }
      ready &= check.holds();
    }
    if (ready || verbose) {
      text.append(ready ? "ok\n" : "not ready\n");
    }
    return new Page(ready ? 200 : 503, PLAIN, text.toString());
  }

  private static boolean isVerbose(Request request) {
    String query = request.getHttpURI().getQuery();
    return query != null && query.matches("(.*&)?verbose(=.*|&.*)?");
  }
}
