package dev.rollcall.chaos.haproxy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Requests at a steady rate, whatever becomes of those before. Any thread. */
final class RequestLoad implements AutoCloseable {
  /** Above what HAProxy gives a server, so that its answer is the one that counts. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ConcurrentLinkedQueue<Request> requests = new ConcurrentLinkedQueue<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
  private final ScheduledFuture<?> sending;
  private final HttpRequest request;

  /**
   * One request.
   *
   * @param startNanos when it was sent
   * @param took until all of the answer was there
   * @param status 0 when there was none
   * @param server that HAProxy chose, by its name there; empty when none
   */
  record Request(long startNanos, Duration took, int status, String server, String failure) {
    boolean isFailed() {
      return status != 200;
    }
  }

  /** Begins. */
  RequestLoad(URI address, int perSecond) {
    request = HttpRequest.newBuilder(address).timeout(PATIENCE).build();
    long periodNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    sending =
        pace.scheduleAtFixedRate(
            () -> executor.execute(this::send), 0, periodNanos, TimeUnit.NANOSECONDS);
  }

  private void send() {
    long start = System.nanoTime();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      requests.add(
          new Request(
              start,
              Duration.ofNanos(System.nanoTime() - start),
              answer.statusCode(),
              answer.headers().firstValue("x-server").orElse(""),
              ""));
    } catch (IOException e) {
      requests.add(
          new Request(start, Duration.ofNanos(System.nanoTime() - start), 0, "", e.toString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends no more, and waits for the answers. */
  List<Request> finish() {
    sending.cancel(false);
    pace.close();
    executor.close();
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    pace.shutdownNow();
    executor.shutdownNow();
    http.shutdownNow();
  }
}
