package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rollcall.server.config.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Speaks Eureka's HTTP with one node, for tests. */
final class EurekaCalls implements AutoCloseable {
  private static final Duration WAIT = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final String base;

  EurekaCalls(HostPort address) {
    this(address, "/eureka");
  }

  EurekaCalls(HostPort address, String base) {
    this.base = "http://" + address + base;
  }

  /** An answer; its body is read as UTF-8. */
  record Answer(int status, String body, HttpResponse<byte[]> response) {
    JsonObject json() {
      return JsonParser.parseString(body).getAsJsonObject();
    }
  }

  /** An instance as the smallest of clients would describe it. */
  static JsonObject instance(String app, String id, long dirtyMillis) {
    return JsonParser.parseString(
            """
            {"instanceId":"%s","hostName":"%s.example","app":"%s","ipAddr":"10.0.0.1","status":"UP",
             "port":{"$":8080,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"},
             "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",
              "name":"MyOwn"},
             "leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":90},
             "vipAddress":"%s","lastDirtyTimestamp":"%d"}\
            """
                .formatted(id, id, app, app.toLowerCase(Locale.ROOT), dirtyMillis))
        .getAsJsonObject();
  }

  int register(JsonObject instance) {
    return post(instance).status();
  }

  Answer post(JsonObject instance) {
    var body = new JsonObject();
    body.add("instance", instance);
    String app = instance.has("app") ? instance.get("app").getAsString() : "ORDERS";
    return post("/apps/" + app, body.toString(), "application/json");
  }

  Answer post(String path, String body, String contentType) {
    return send(
        request(path)
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofByteArray(body.getBytes(UTF_8))));
  }

  Answer put(String path) {
    return send(request(path).PUT(BodyPublishers.noBody()));
  }

  Answer delete(String path) {
    return send(request(path).DELETE());
  }

  Answer get(String path, String... headers) {
    var request = request(path);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  Answer getJson(String path) {
    return get(path, "Accept", "application/json");
  }

  /** The instances of all apps of a list, all or the delta. */
  List<JsonObject> instances(String path) {
    var found = new ArrayList<JsonObject>();
    for (JsonElement app :
        getJson(path).json().getAsJsonObject("applications").getAsJsonArray("application")) {
      for (JsonElement each : app.getAsJsonObject().getAsJsonArray("instance")) {
        found.add(each.getAsJsonObject());
      }
    }
    return found;
  }

  String hash(String path) {
    return getJson(path).json().getAsJsonObject("applications").get("apps__hashcode").getAsString();
  }

  /** The status that the server shows of an instance. */
  String status(String app, String id) {
    return shown(app, id).get("status").getAsString();
  }

  JsonObject shown(String app, String id) {
    return getJson("/apps/" + app + "/" + id).json().getAsJsonObject("instance");
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).timeout(WAIT);
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      var response = client.send(request.build(), BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), new String(response.body(), UTF_8), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
