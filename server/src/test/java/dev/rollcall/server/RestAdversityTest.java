package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.rollcall.server.http.RawHttp;
import dev.rollcall.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that nobody meant, to the native interface and to Prometheus' targets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestAdversityTest {
  private static final String BODY =
      """
      {"endpoints":[{"name":"http","protocol":"http","host":"10.0.0.1","port":80}],"weight":7,\
      "metadata":{"a b":"\\u0000","a-b":"\\ud83d\\ude00"},"tags":["x",","],"status":"STATUS_UP"}\
      """;

  private static final String PUT = "/v1/services/bad/instances/good?ttl_millis=60000";

  private RegistryServer server;

  @BeforeAll
  void start(@TempDir Path directory) {
    server = TestNode.single(directory);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  /** The status of the answer to a body, whose form is checked. */
  private int put(String id, byte[] body) throws IOException {
    String answer =
        exchange(
            "PUT /v1/services/bad/instances/" + id + "?ttl_millis=60000",
            new String(body, ISO_8859_1));
    int status = Integer.parseInt(answer.substring(9, 12));
    String said = answer.substring(answer.indexOf("\r\n\r\n") + 4);
    assertThat(JsonParser.parseString(said).isJsonObject()).as(answer).isTrue();
    return status;
  }

  private String exchange(String line, String body) throws IOException {
    return RawHttp.exchange(
        server.httpAddress().port(),
        line
            + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  @Test
  void damagedBodiesAreRefusedOrTakenButNeverAFault() throws IOException {
    byte[] good = BODY.getBytes(UTF_8);
    Map<Integer, Integer> statuses = new HashMap<>();
    assertThat(exchange("PUT " + PUT, BODY)).startsWith("HTTP/1.1 200 ");
    for (int at = 0; at < good.length; at += 3) {
      statuses.merge(put("cut", Arrays.copyOf(good, at)), 1, Integer::sum);
      byte[] wrong = good.clone();
      wrong[at] ^= (byte) 0x80;
      statuses.merge(put("wrong", wrong), 1, Integer::sum);
    }
    Seeds.each(
        100,
        random -> {
          byte[] noise = good.clone();
          for (int i = random.nextInt(6); i >= 0; i--) {
            noise[random.nextInt(noise.length)] = (byte) random.nextInt(32, 127);
          }
          statuses.merge(put("noise", noise), 1, Integer::sum);
        });
    assertThat(statuses.keySet()).isSubsetOf(200, 400);
    assertThat(statuses).containsKeys(200, 400);
    assertReadable();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "{\"metadata\":{\"a\":", "\"", "\\", "1"})
  void aBodyThatIsOneThingAMillionTimesIsRefused(String thing) throws IOException {
    String body = thing.repeat(1_000_000 / thing.length());
    assertThat(put("deep", body.getBytes(UTF_8))).isEqualTo(400);
    for (String path : new String[] {"/v1/register", "/eureka/apps/A"}) {
      assertThat(exchange("POST " + path, body)).startsWith("HTTP/1.1 400 ");
    }
    assertReadable();
  }

  private void assertReadable() throws IOException {
    for (String path :
        new String[] {"/v1/services/bad/instances", "/prometheus/http_sd", "/eureka/apps"}) {
      String answer = exchange("GET " + path, "");
      assertThat(answer).startsWith("HTTP/1.1 200 ");
    }
  }
}
