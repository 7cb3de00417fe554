package dev.rollcall.server.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.driver.Clock;
import dev.rollcall.server.config.HostPort;
import dev.rollcall.server.http.HttpServer;
import dev.rollcall.server.http.RawHttp;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gateway at its limits, over one facade that does as it is told. */
class GatewayTest {
  private static final String HEAD = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

  /** Lets each stream end. */
  private final CountDownLatch ending = new CountDownLatch(1);

  private final Semaphore opened = new Semaphore(0);
  private final AtomicInteger closed = new AtomicInteger();
  private final Gateway gateway =
      new Gateway(List.of(this::answer), Clock.SYSTEM, new HttpLimits(1_000, 1_500, 2));
  private final HttpServer server =
      HttpServer.start(new HostPort("127.0.0.1", 0), () -> "", List::of);

  @BeforeEach
  void open() {
    server.open(gateway);
  }

  @AfterEach
  void stop() {
    ending.countDown();
    server.close();
  }

  private Optional<HttpAnswer> answer(HttpCall call) {
    return switch (call.path().isEmpty() ? "" : call.path().getFirst()) {
      case "echo" ->
          Optional.of(HttpAnswer.of(200, HttpAnswer.PLAIN, call.body()).with("X-Said", "" + call));
      case "query" -> Optional.of(HttpAnswer.of(200, HttpAnswer.PLAIN, call.queries().toString()));
      case "fault" -> throw new IllegalStateException("on purpose");
      case "stream" -> Optional.of(HttpAnswer.stream(HttpAnswer.PLAIN, stream()));
      case "wait" -> {
        opened.release();
        awaitEnding();
        yield Optional.of(HttpAnswer.empty(204));
      }
      default -> Optional.empty();
    };
  }

  private HttpAnswer.Streamed stream() {
    return new HttpAnswer.Streamed() {
      @Override
      public void writeTo(OutputStream out) throws IOException, InterruptedException {
        out.write("begun\n".getBytes(UTF_8));
        out.flush();
        opened.release();
        ending.await();
        out.write("ended\n".getBytes(UTF_8));
      }

      @Override
      public void close() {
        closed.incrementAndGet();
      }
    };
  }

  private void awaitEnding() {
    try {
      ending.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBodyMayBeAsLongAsTheLimitAndNoLonger() throws IOException {
    String most = "a".repeat(1_000);

    assertThat(post("/echo", most)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n" + most);
    assertThat(post("/echo", most + "a"))
        .startsWith("HTTP/1.1 413 ")
        .contains("a request has at most 1000 bytes");
  }

  @Test
  void bodiesThatAreWorkedOnHaveALimitTogether() throws Exception {
    try (var held = new RawHttp(server.port())) {
      held.say("POST /wait" + HEAD + "Content-Length: 1000\r\n\r\n" + "a".repeat(1_000));
      opened.acquire();

      assertThat(post("/echo", "a".repeat(500))).startsWith("HTTP/1.1 200 ");
      assertThat(post("/echo", "a".repeat(501)))
          .startsWith("HTTP/1.1 503 ")
          .contains("Retry-After: 1")
          .contains("\"reason\":\"OVERLOADED\"");

      ending.countDown();
      assertThat(held.rest()).startsWith("HTTP/1.1 204 ").doesNotContain("Content-Length");
    }
    // What was counted is not any more.
    assertThat(post("/echo", "a".repeat(1_000))).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aHeaderMayBeEmptyOrComeTwice() throws IOException {
    String answer =
        RawHttp.exchange(
            server.port(),
            "GET /echo" + HEAD + "X-Empty:\r\nX-Empty: \r\nAccept: a\r\naccept: b\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aBodyThatEndsEarlyIsRefused() throws IOException {
    try (var connection = new RawHttp(server.port())) {
      connection.say("POST /echo" + HEAD + "Content-Length: 10\r\n\r\nabc");
      connection.finish();

      assertThat(connection.rest()).startsWith("HTTP/1.1 400 ");
    }
    assertThat(post("/echo", "a".repeat(1_000))).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void compressedBodiesAreNotTaken() throws IOException {
    String answer =
        RawHttp.exchange(
            server.port(),
            "POST /echo" + HEAD + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na");

    assertThat(answer).startsWith("HTTP/1.1 415 ");
  }

  @Test
  void streamsHaveALimitAndAreClosedHoweverTheyEnd() throws Exception {
    try (var first = new RawHttp(server.port());
        var second = new RawHttp(server.port())) {
      first.say("GET /stream" + HEAD + "\r\n");
      second.say("GET /stream" + HEAD + "\r\n");
      opened.acquire(2);
      assertThat(gateway.streams()).isEqualTo(2);

      assertThat(get("/stream")).startsWith("HTTP/1.1 503 ").contains("OVERLOADED");
      assertThat(RawHttp.exchange(server.port(), "HEAD /stream" + HEAD + "\r\n"))
          .startsWith("HTTP/1.1 200 ");
      assertThat(closed).hasValue(2);

      ending.countDown();
      assertThat(first.rest()).endsWith("\r\n\r\nbegun\nended\n");
      assertThat(second.rest()).contains("ended");
    }
    assertThat(closed).hasValue(4);
    assertThat(get("/stream")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aFaultIsAnsweredAndTheNextCallServed() throws IOException {
    assertThat(get("/fault"))
        .startsWith("HTTP/1.1 500 ")
        .contains("fault of the node, see its log")
        .doesNotContain("on purpose");
    assertThat(get("/echo")).startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /echo/a%2Fb/%20c//              | X-Said: GET /echo/a/b/ c
          GET /echo/a+b;v=1                   | X-Said: GET /echo/a+b;v=1
          GET /echo/../x                      | X-Said: GET /echo/../x
          GET http://x/echo                   | X-Said: GET /echo
          GET /query?a=1&b&a=%20+%26&=x       | {a=[1,   &], b=[], =[x]}
          GET /query?a=%E2%82%AC              | \u20ac
          GET /echo/%zz                       | 400 Bad Request
          GET /echo/%2                        | 400 Bad Request
          GET /query?a=%u20ac                 | hexadecimal digits
          GET /query?a=%C3                    | not UTF-8
          GET /query?a=%ED%A0%80              | not UTF-8
          OPTIONS *                           | begins with
          GET /nothing                        | NO_SUCH_PATH
          """)
  void targetsAreDecodedSegmentBySegmentAndStrictly(String line, String answer) throws IOException {
    String expected = new String(answer.getBytes(UTF_8), ISO_8859_1);

    assertThat(RawHttp.exchange(server.port(), line + HEAD + "\r\n")).contains(expected);
  }

  private String get(String target) throws IOException {
    return RawHttp.exchange(server.port(), "GET " + target + HEAD + "\r\n");
  }

  private String post(String target, String body) throws IOException {
    return RawHttp.exchange(
        server.port(),
        "POST " + target + HEAD + "Content-Length: " + body.length() + "\r\n\r\n" + body);
  }
}
