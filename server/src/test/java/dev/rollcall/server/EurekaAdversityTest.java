package dev.rollcall.server;

import static dev.rollcall.server.EurekaCalls.instance;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.rollcall.server.http.RawHttp;
import dev.rollcall.testkit.Seeds;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.InputSource;

/** Clients that mean harm, or might as well: what the others notice of them. */
class EurekaAdversityTest {
  private static final long DIRTY = 1_700_000_000_123L;
  private static final String HEARTBEAT = "/apps/ORDERS/i-1?status=UP&lastDirtyTimestamp=" + DIRTY;

  @TempDir Path directory;
  private RegistryServer server;
  private EurekaCalls eureka;

  @BeforeEach
  void start() {
    server = TestNode.single(directory);
    eureka = new EurekaCalls(server.httpAddress());
    assertThat(eureka.register(instance("ORDERS", "i-1", DIRTY))).isEqualTo(204);
  }

  @AfterEach
  void stop() {
    eureka.close();
    server.close();
  }

  @Test
  void noRegistrationSpoilsTheAnswersForOthers() {
    var accepted = new AtomicInteger();
    Seeds.each(
        12,
        random -> {
          for (int i = 0; i < 10; i++) {
            var hostile = hostile(random, i);
            var answer = eureka.post(hostile);
            assertThat(answer.status()).as(hostile.toString()).isIn(204, 400);
            assertThat(answer.body().lines().count()).isLessThanOrEqualTo(1);
            accepted.addAndGet(answer.status() == 204 ? 1 : 0);
          }
          requireReadable();
        });
    assertThat(accepted).as("most of what is tried gets in").hasValueGreaterThan(60);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'@xmlns':'http://www.w3.org/2000/xmlns/','$':'x'}",
        "{'@xmlns':'','a':{'@xmlns':'u'}}",
        "{'@xmlns:a':'','@xml:base':'%'}",
        "{'@':'x','@@':'y','@$':'z'}",
        "{'xml':1,'XML':2,'?xml':3,'!DOCTYPE':4}",
        "[[[],[{}]],null]",
        "'\\u0000\\ud800]]>'"
      })
  void noFieldThatIsKeptSpoilsTheAnswersForOthers(String value) {
    var wire = instance("BAD", "b-1", DIRTY);
    wire.add("other", JsonParser.parseString(value));
    assertThat(eureka.register(wire)).isEqualTo(204);
    requireReadable();
  }

  private void requireReadable() {
    for (String path : List.of("/apps", "/apps/delta", "/apps/BAD", "/apps/BAD/b-1")) {
      for (String shape : List.of("full", "compact")) {
        requireXml(eureka.get(path, "X-Eureka-Accept", shape));
        requireJson(eureka.get(path, "Accept", "application/json", "X-Eureka-Accept", shape));
      }
    }
    assertThat(eureka.put(HEARTBEAT).status()).isEqualTo(200);
  }

  private static void requireJson(EurekaCalls.Answer answer) {
    assertThat(answer.status()).isIn(200, 404);
    if (answer.status() == 200) {
      assertThat(JsonParser.parseString(answer.body()).isJsonObject()).isTrue();
    }
  }

  private static void requireXml(EurekaCalls.Answer answer) {
    assertThat(answer.status()).isIn(200, 404);
    if (answer.status() == 200) {
      try {
        var factory = DocumentBuilderFactory.newDefaultNSInstance();
        var builder = factory.newDocumentBuilder();
        builder.setErrorHandler(null);
        builder.parse(new InputSource(new StringReader(answer.body())));
      } catch (Exception e) {
        throw new AssertionError(answer.body(), e);
      }
    }
  }

  /** An instance of BAD, most of which is right. */
  private static JsonObject hostile(RandomGenerator random, int number) {
    var wire = instance("BAD", "b-" + number, DIRTY + random.nextInt(1_000_000));
    var fields = new ArrayList<>(wire.keySet());
    fields.addAll(
        List.of("metadata", "actionType", "overriddenStatus", "secureVipAddress", text(random)));
    for (int i = random.nextInt(3); i >= 0; i--) {
      String field = Seeds.oneOf(random, fields.toArray(String[]::new));
      if (!field.equals("app")) {
        wire.add(field, value(random, 0));
      }
    }
    return wire;
  }

  private static JsonElement value(RandomGenerator random, int depth) {
    return switch (random.nextInt(depth > 20 ? 4 : 8)) {
      case 0 -> JsonNull.INSTANCE;
      case 1 -> new JsonPrimitive(random.nextLong());
      case 2 -> new JsonPrimitive(random.nextBoolean());
      case 3 -> new JsonPrimitive(text(random));
      case 4 -> {
        var list = new JsonArray();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(value(random, depth + 1));
        }
        yield list;
      }
      default -> {
        var object = new JsonObject();
        for (int i = random.nextInt(4); i > 0; i--) {
          object.add(text(random), value(random, depth + 1));
        }
        yield object;
      }
    };
  }

  private static String text(RandomGenerator random) {
    String[] texts = {
      "",
      " ",
      "\u0000",
      "\ud800",
      "\udc00\ud800",
      "\uffff",
      "\ud83d\ude00",
      "\r\n",
      "]]>",
      "<!--",
      "&lt;",
      "xmlns",
      "@xmlns",
      "@xml:lang",
      "@@",
      "$",
      "@class",
      "@enabled",
      "http://www.w3.org/2000/xmlns/",
      "instance",
      "1e400",
      "-1",
      "9223372036854775808",
      "a".repeat(300),
      "\u00fc\u20ac",
      "eureka.fields",
      "__proto__",
      "../../etc"
    };
    return Seeds.oneOf(random, texts);
  }

  @Test
  void aStormOfFullFetchesGetsOneAnswerAndLeavesRoomForHeartbeats() throws Exception {
    for (int i = 0; i < 500; i++) {
      assertThat(eureka.register(instance("APP-" + i % 25, "i-" + i, DIRTY))).isEqualTo(204);
    }
    Set<String> bodies = ConcurrentHashMap.newKeySet();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var fetches = new ArrayList<Future<?>>();
      for (int i = 0; i < 200; i++) {
        fetches.add(
            callers.submit(() -> {
              for (int n = 0; n < 5; n++) {
                bodies.add(eureka.getJson("/apps").body());
              }
            }));
      }
      for (int i = 0; i < 50; i++) {
        assertThat(eureka.put(HEARTBEAT).status()).isEqualTo(200);
      }
      for (Future<?> fetch : fetches) {
        fetch.get(60, TimeUnit.SECONDS);
      }
    }
    assertThat(bodies).hasSize(1);
    assertThat(bodies.iterator().next()).contains("\"apps__hashcode\":\"UP_501_\"");
  }

  @Test
  void whoDoesNotReadHoldsUpNobody() throws IOException {
    for (int i = 0; i < 200; i++) {
      assertThat(eureka.register(instance("APP", "i-" + i, DIRTY))).isEqualTo(204);
    }
    // More than the buffers of both sides hold, so that the node has something left to send.
    String fetches =
        "GET /eureka/apps HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n".repeat(100);
    var silent = new ArrayList<RawHttp>();
    try {
      for (int i = 0; i < 200; i++) {
        var connection = new RawHttp(server.httpAddress().port());
        connection.say(fetches);
        silent.add(connection);
      }
      requireServed();
    } finally {
      close(silent);
    }
    requireServed();
  }

  @Test
  void whoNeverFinishesARequestHoldsUpNobody() throws IOException {
    var half = new ArrayList<RawHttp>();
    try {
      for (int i = 0; i < 400; i++) {
        var connection = new RawHttp(server.httpAddress().port());
        connection.say(
            switch (i % 4) {
              case 0 -> "";
              case 1 -> "GET /eureka/ap";
              case 2 -> "GET /eureka/apps HTTP/1.1\r\nHost: x\r\nAccept: ";
              default ->
                  "POST /eureka/apps/A HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{\"inst";
            });
        half.add(connection);
      }
      requireServed();
    } finally {
      close(half);
    }
    requireServed();
  }

  private void requireServed() {
    for (int i = 0; i < 10; i++) {
      assertThat(eureka.put(HEARTBEAT).status()).isEqualTo(200);
      assertThat(eureka.getJson("/apps").status()).isEqualTo(200);
      assertThat(eureka.register(instance("NEW", "n-" + i, DIRTY))).isEqualTo(204);
    }
  }

  private static void close(List<RawHttp> connections) throws IOException {
    for (RawHttp connection : connections) {
      connection.close();
    }
  }
}
