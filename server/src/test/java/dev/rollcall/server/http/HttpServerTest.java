package dev.rollcall.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.server.config.ExitCode;
import dev.rollcall.server.config.HostPort;
import dev.rollcall.server.config.StartFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpServerTest {
  private static final HostPort ANY_PORT = new HostPort("127.0.0.1", 0);

  private volatile List<Check> checks =
      List.of(
          new Check("replayed", true, "everything known to be committed is applied"),
          new Check("leader", false, "no leader is known"));

  private final HttpServer server =
      HttpServer.start(ANY_PORT, () -> "rollcall_up 1\n", () -> checks);
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void aNodeWithoutLeaderIsAliveAndNotReadyAndSaysWhy() throws Exception {
    assertThat(get("/livez")).returns(200, HttpResponse::statusCode);
    assertThat(get("/readyz"))
        .returns(503, HttpResponse::statusCode)
        .returns("not ready: no leader is known\n", HttpResponse::body);
    assertThat(get("/readyz?verbose").body())
        .isEqualTo(
            """
            [+] replayed: everything known to be committed is applied
            [-] leader: no leader is known
            not ready
            """);
  }

  @Test
  void aReadyNodeSaysOk() throws Exception {
    checks = List.of(new Check("leader", true, "1a2b3c4d leads term 3"));

    assertThat(get("/readyz"))
        .returns(200, HttpResponse::statusCode)
        .returns("ok\n", HttpResponse::body);
  }

  @Test
  void metricsAreServedAsPrometheusText() throws Exception {
    HttpResponse<String> page = get("/metrics");

    assertThat(page.body()).isEqualTo("rollcall_up 1\n");
    assertThat(page.headers().firstValue("content-type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
  }

  @Test
  void otherPagesAndMethodsGetPlainErrors() throws Exception {
    assertThat(get("/eureka/apps"))
        .returns(503, HttpResponse::statusCode)
        .returns("the node is starting or stopping; try another\n", HttpResponse::body);
    var post = HttpRequest.newBuilder(uri("/livez")).POST(HttpRequest.BodyPublishers.noBody());
    assertThat(client.send(post.build(), HttpResponse.BodyHandlers.ofString()))
        .returns(405, HttpResponse::statusCode);
  }

  @Test
  void aTakenPortIsRefusedInOneLine() {
    var taken = new HostPort("127.0.0.1", server.port());

    StartFailure failure =
        catchThrowableOfType(
            StartFailure.class, () -> HttpServer.start(taken, () -> "", List::of).close());

    assertThat(failure.exitCode()).isEqualTo(ExitCode.ADDRESS_IN_USE);
    assertThat(failure)
        .hasMessage(
            "http-listen %s is in use by another process; stop that one or choose another port"
                .formatted(taken));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }
}
