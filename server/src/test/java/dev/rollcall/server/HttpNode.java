package dev.rollcall.server;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rollcall.server.config.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A node's HTTP port, for tests. */
final class HttpNode implements AutoCloseable {
  private final HostPort address;
  private final HttpClient client = HttpClient.newHttpClient();

  HttpNode(HostPort address) {
    this.address = address;
  }

  HttpResponse<String> get(String target) {
    return send("GET", target, "");
  }

  /** The answer's object, of a status of success. */
  JsonObject json(String method, String target, String body) {
    HttpResponse<String> answer = send(method, target, body);
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + ": " + answer.body());
    }
    return JsonParser.parseString(answer.body()).getAsJsonObject();
  }

  JsonObject json(String target) {
    return json("GET", target, "");
  }

  HttpResponse<String> send(String method, String target, String body) {
    return exchange(request(target).method(method, BodyPublishers.ofString(body)));
  }

  HttpResponse<String> exchange(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The answer's body, open. */
  HttpResponse<InputStream> open(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  HttpRequest.Builder request(String target) {
    return HttpRequest.newBuilder(URI.create("http://" + address + target))
        .timeout(Duration.ofSeconds(60));
  }

  /** The reason of an answer that is an error, behind its status. */
  static String refusal(HttpResponse<String> answer) {
    JsonElement body = JsonParser.parseString(answer.body());
    return answer.statusCode() + " " + body.getAsJsonObject().get("reason").getAsString();
  }

  @Override
  public void close() {
    client.close();
  }
}
