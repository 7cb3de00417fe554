package dev.rollcall.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.config.HostPort;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What strangers say to the port, and too much of it. */
class HttpServerLimitsTest {
  private static final HostPort ANY_PORT = new HostPort("127.0.0.1", 0);
  private static final String END = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  private final HttpServer server = HttpServer.start(ANY_PORT, () -> "", List::of, 2);

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nonsense                                  | 400
          GET /livez HTTP/9.9                       | 505
          GET /livez HTTP/1.1~Host: a~Host: b       | 400
          GET /livez HTTP/1.1~Host: a~ b: c         | 400
          GET /livez HTTP/1.1~Host: a~x             | 400
          GET /livez HTTP/1.1                       | 400
          POST /livez HTTP/1.1~Host: a~Content-Length: -1 | 400
          POST /livez HTTP/1.1~Host: a~Content-Length: 1~Transfer-Encoding: chunked | 400
          """)
  void whatIsNoHttpIsRefusedInOneLine(String said, int status) throws IOException {
    String answer = RawHttp.exchange(server.port(), said.replace("~", "\r\n") + "\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 " + status + " ").doesNotContain("<html");
  }

  @Test
  void headersMayHaveEightKibibytes() throws IOException {
    String fits = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: ";
    String most = "a".repeat(8_192 - fits.length() - 4);

    assertThat(RawHttp.exchange(server.port(), fits + most + "\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(RawHttp.exchange(server.port(), fits + most + "aa\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ")
        .doesNotContain("<html");
    assertThat(RawHttp.exchange(server.port(), "GET /" + "a".repeat(9_000) + END))
        .startsWith("HTTP/1.1 414 ");
  }

  @Test
  void whoComesTooLateReadsALineAndOperatorsGetIn() throws IOException {
    try (var first = new RawHttp(server.port());
        var second = new RawHttp(server.port())) {
      first.say("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
      second.say("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(first.line()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(second.line()).isEqualTo("HTTP/1.1 200 OK");

      try (var third = new RawHttp(server.port())) {
        third.say("GET /v1/services HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(third.rest())
            .startsWith("HTTP/1.1 503 ")
            .endsWith("this node has as many connections as it takes; use another\n");
      }
      assertThat(RawHttp.exchange(server.port(), "GET /livez" + END)).startsWith("HTTP/1.1 200 ");
    }
  }
}
