package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Routes by hand: there are three pages. */
final class Pages extends Handler.Abstract {
  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Supplier<String> metrics;
  private final Supplier<List<Check>> readiness;

  Pages(Supplier<String> metrics, Supplier<List<Check>> readiness) {
    this.metrics = metrics;
    this.readiness = readiness;
  }

  private record Page(int status, String type, String text) {}

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    boolean reads =
        HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod());
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
      default -> new Page(404, PLAIN, "no such page; there are /metrics, /livez and /readyz\n");
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
