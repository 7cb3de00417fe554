package dev.rollcall.server;

import static dev.rollcall.server.HttpNode.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rollcall.v1.DeregisterRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Watches as server-sent events. Each test has a service of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatchEventsTest {
  private RegistryServer server;
  private TestClient client;
  private HttpNode node;

  @BeforeAll
  void start(@TempDir Path directory) {
    server = TestNode.single(directory);
    client = new TestClient(server.clientAddress());
    node = new HttpNode(server.httpAddress());
  }

  @AfterAll
  void stop() {
    node.close();
    client.close();
    server.close();
  }

  /** What a browser makes of the stream. */
  private record Event(String name, Optional<String> id, JsonObject data) {}

  private static final class Events implements AutoCloseable {
    private final BufferedReader lines;

    Events(HttpResponse<InputStream> response) {
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream");
      lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    Event next() throws IOException {
      var name = "";
      var data = "";
      Optional<String> id = Optional.empty();
      while (true) {
        String line = lines.readLine();
        if (line == null) {
          return new Event("end", id, new JsonObject());
        } else if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("id: ")) {
          id = Optional.of(line.substring(4));
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.isEmpty() && !name.isEmpty()) {
          return new Event(name, id, JsonParser.parseString(data).getAsJsonObject());
        }
      }
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }

  @Test
  void aStateWatchTellsWhatIsThereAndThenWhatChanges() throws IOException {
    client.register("pay", "i-1", 60_000);
    try (var events = open("/v1/watch?service=pay")) {
      assertThat(events.next().name()).isEqualTo("created");
      Event snapshot = events.next();
      assertThat(snapshot.name()).isEqualTo("snapshot");
      assertThat(snapshot.data().getAsJsonArray("instances")).hasSize(1);
      assertThat(snapshot.id()).isPresent();

      client.register("pay", "i-2", 60_000);

      Event delta = events.next();
      assertThat(delta.name()).isEqualTo("deltas");
      assertThat(delta.data().toString()).contains("\"i-2\"");
      assertThat(delta.id()).isPresent().isNotEqualTo(snapshot.id());
    }
  }

  @Test
  void aWatchOfChangesGoesOnBehindTheLastEventItsClientHad() throws IOException {
    var heard = new ArrayList<String>();
    String id;
    try (var events = open("/v1/watch?service=log&mode=WATCH_MODE_CHANGES")) {
      Event created = events.next();
      client.register("log", "i-1", 60_000);
      Event first = events.next();
      heard.addAll(changed(first));
      assertThat(created.id()).isPresent();
      id = first.id().orElseThrow();
    }
    client.register("log", "i-2", 60_000);
    client
        .registration()
        .deregister(DeregisterRequest.newBuilder().setKey(TestClient.key("log", "i-1")).build());

    var again = node.request("/v1/watch?service=log&mode=WATCH_MODE_CHANGES");
    try (var events = new Events(node.open(again.header("Last-Event-ID", id)))) {
      assertThat(events.next().name()).isEqualTo("created");
      while (heard.size() < 3) {
        heard.addAll(changed(events.next()));
      }
    }

    assertThat(heard).containsExactly("upsert i-1", "upsert i-2", "removal i-1");
  }

  @Test
  void aStateWatchThatComesBackNeverGoesBack() throws IOException {
    client.register("back", "i-1", 60_000);
    String id;
    try (var events = open("/v1/watch?service=back")) {
      events.next();
      id = events.next().id().orElseThrow();
    }

    try (var events = open("/v1/watch?service=back&last_event_id=" + id)) {
      events.next();
      assertThat(events.next().id()).hasValue(id);
    }
  }

  @Test
  void aWatchThatIsRefusedIsAnError() {
    String ofAnother = "0".repeat(32) + "-1";

    assertThat(refusal(node.get("/v1/watch?service=x&last_event_id=" + ofAnother)))
        .isEqualTo("410 HISTORY_CHANGED");
    assertThat(refusal(node.get("/v1/watch?service=x&last_event_id=12")))
        .isEqualTo("400 INVALID_REQUEST");
    assertThat(refusal(node.get("/v1/watch?service=x&filter=%28"))).isEqualTo("400 INVALID_FILTER");
    assertThat(refusal(node.get("/v1/watch?service=x&mode=ALL"))).isEqualTo("400 INVALID_REQUEST");
    assertThat(refusal(node.get("/v1/watch?service=a%20b"))).isEqualTo("400 INVALID_NAME");
  }

  @Test
  void aStreamWhoseClientWentIsForgotten(@TempDir Path directory) throws IOException {
    try (var own = TestNode.single(directory);
        var its = new HttpNode(own.httpAddress());
        var writer = new TestClient(own.clientAddress())) {
      try (var events = new Events(its.open(its.request("/v1/watch?service=gone")))) {
        events.next();
        events.next();
        assertThat(Scrape.value(own, "rollcall_http_streams")).isOne();
      }
      // It is found out when something is to be said.
      for (int i = 1; Scrape.value(own, "rollcall_http_streams") > 0; i++) {
        writer.register("gone", "i-" + i, 60_000);
      }
      Scrape.await(own, "rollcall_watch_streams", 0);
    }
  }

  @Test
  void aNodeThatStopsEndsItsStreams(@TempDir Path directory) throws IOException {
    var other = TestNode.single(directory);
    try (var its = new HttpNode(other.httpAddress());
        var events = new Events(its.open(its.request("/v1/watch?service=x")))) {
      events.next();
      events.next();

      other.close();

      assertThat(events.next().name()).isEqualTo("end");
    }
  }

  private Events open(String target) {
    HttpRequest.Builder request = node.request(target);
    return new Events(node.open(request));
  }

  private static List<String> changed(Event event) {
    var changes = new ArrayList<String>();
    if (event.name().equals("changes")) {
      event
          .data()
          .getAsJsonArray("revisions")
          .forEach(revision ->
              revision
                  .getAsJsonObject()
                  .getAsJsonArray("changes")
                  .forEach(change -> changes.add(named(change.getAsJsonObject()))));
    }
    return changes;
  }

  private static String named(JsonObject change) {
    return change.has("upsert")
        ? "upsert " + change.getAsJsonObject("upsert").get("instanceId").getAsString()
        : "removal "
            + change
                .getAsJsonObject("removal")
                .getAsJsonObject("key")
                .get("instanceId")
                .getAsString();
  }
}
