package dev.rollcall.chaos.interop;

import dev.rollcall.chaos.process.ChaosFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** Requests to Eureka servers, sent by hand. Any thread. */
final class EurekaHttp implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();

  /**
   * Sends one and waits for its answer.
   *
   * @param target address with path and query
   * @param body empty for none
   */
  HttpResponse<byte[]> send(
      String method, String target, Map<String, String> headers, String body) {
    var publisher = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    var request =
        HttpRequest.newBuilder(URI.create(target)).timeout(TIMEOUT).method(method, publisher);
    headers.forEach(request::header);
    try {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new ChaosFailure(method + " " + target + " has no answer: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChaosFailure("interrupted", e);
    }
  }

  /**
   * Registers an instance that is up.
   *
   * @param server base address
   * @return when that was acknowledged, of {@link System#nanoTime}
   */
  long register(String server, Client.Self self, Duration lease) {
    String body =
        """
        {"instance":{"instanceId":"%s","app":"%s","hostName":"127.0.0.1","ipAddr":"127.0.0.1",
        "vipAddress":"%s","status":"UP","port":{"$":%d,"@enabled":"true"},
        "securePort":{"$":443,"@enabled":"false"},
        "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo",
        "name":"MyOwn"},"leaseInfo":{"renewalIntervalInSecs":30,"durationInSecs":%d}}}
        """
            .formatted(self.id(), self.app(), self.app(), self.port(), lease.toSeconds());
    var headers = Map.of("Content-Type", "application/json");
    int status = send("POST", server + "apps/" + self.app(), headers, body).statusCode();
    if (status != 204) {
      throw new ChaosFailure("registering " + self.name() + " was answered with " + status);
    }
    return System.nanoTime();
  }

  /** Whether a server knows an instance. */
  boolean knows(String server, Client.Self self) {
    String target = server + "apps/" + self.app() + "/" + self.id();
    return send("GET", target, Map.of(), "").statusCode() == 200;
  }

  @Override
  public void close() {
    client.close();
  }
}
