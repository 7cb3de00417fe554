package dev.rollcall.chaos.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The comparison notices what differs, and docs/eureka.md has the reason of all that may. */
class DifferentialTest {
  private static final String INSTANCE =
      """
      {"instance":{"instanceId":"i-1","port":{"$":8080,"@enabled":"true"},"list":[1]}}
      """;

  @Test
  void whatIsTheSameIsNotToldAndAllKnownDifferencesAreMissed() throws IOException {
    assertThat(complaints(json(INSTANCE), json(INSTANCE)))
        .hasSize(KnownDifference.values().length)
        .allMatch(line -> line.startsWith("not any more: "));
  }

  @Test
  void anyDifferenceIsTold() throws IOException {
    told(json(INSTANCE), json(INSTANCE.replace("8080", "8081")), "/instance/port/$ is 8080, ours");
    told(json(INSTANCE), json(INSTANCE.replace("8080", "\"8080\"")), "is 8080, ours \"8080\"");
    told(json(INSTANCE), json(INSTANCE.replace("[1]", "[]")), "/instance/list[1] is 1, ours");
    told(json(INSTANCE), json(INSTANCE.replace("list", "lost")), "/instance/list[1] is 1, ours");
    told(json(INSTANCE), json("{"), "malformed is absent, ours {");
    told(json(INSTANCE), new Answer(404, "application/json", ""), "status is 200, ours 404");
    told(json(INSTANCE), new Answer(200, "text/plain", INSTANCE), "type is application/json, ours");
    var xml = new Answer(200, "application/xml", "<instance a=\"1\"><port>80</port></instance>");
    told(xml, xml.with("80", "81"), "/instance/port is 80, ours 81");
    told(xml, xml.with("a=\"1\"", ""), "/instance/@a is 1, ours absent");
    told(xml, xml.with("</instance>", ""), "malformed is absent");
    told(new Answer(404, "text/plain", ""), new Answer(404, "text/plain", "x"), "body is none");
  }

  @Test
  void theReasonOfEachKnownDifferenceIsWrittenDown() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "eureka.md"));
    for (KnownDifference difference : KnownDifference.values()) {
      assertThat(document).contains("| " + difference.words() + " |");
    }
  }

  private record Answer(int status, String type, String body) {
    Answer with(String text, String other) {
      return new Answer(status, type, body.replace(text, other));
    }
  }

  private static Answer json(String body) {
    return new Answer(200, "application/json", body);
  }

  private static void told(Answer theirs, Answer ours, String difference) throws IOException {
    assertThat(complaints(theirs, ours))
        .as("%s and %s", theirs, ours)
        .anyMatch(line -> line.contains(difference));
  }

  /** What is said of two servers of which each gives one answer to everything. */
  private static List<String> complaints(Answer theirs, Answer ours) throws IOException {
    HttpServer reference = serve(theirs);
    HttpServer node = serve(ours);
    try {
      var differential = new Differential();
      differential.run(base(reference), base(node));
      return differential.complaints();
    } finally {
      reference.stop(0);
      node.stop(0);
    }
  }

  private static HttpServer serve(Answer answer) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = answer.body().getBytes(UTF_8);
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().add("Content-Type", answer.type());
          boolean isHead = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(
              answer.status(), isHead || body.length == 0 ? -1 : body.length);
          if (!isHead) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String base(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/eureka/";
  }
}
