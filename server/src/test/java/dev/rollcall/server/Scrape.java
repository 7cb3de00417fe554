package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;

/** A node's metrics as a monitor reads them, for tests. */
final class Scrape {
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private Scrape() {}

  /** What the node says of a metric without tags, now. */
  static double value(RegistryServer server, String name) {
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://" + server.httpAddress() + "/metrics")).build();
      return http.send(request, BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Looks until the metric has this value. */
  static void await(RegistryServer server, String name, double value) {
    long deadline = System.nanoTime() + WAIT_NANOS;
    double last = value(server, name);
    while (last != value) {
      assertThat(System.nanoTime() - deadline).as("%s is %s", name, last).isNegative();
      last = value(server, name);
    }
  }
}
