package dev.rollcall.demo;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.balance.Choice;
import dev.rollcall.client.balance.RoundRobin;
import dev.rollcall.client.cache.ServiceCache;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Steady HTTP calls to a service, spread by the client's balancer over what its cache shows. No
 * call is tried twice: what fails is counted.
 */
final class Traffic implements AutoCloseable {
  private static final long PERIOD_MILLIS = 5;
  private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);

  /**
   * One call.
   *
   * @param instance whom it went to; empty when there was nobody to choose
   */
  record Call(long startNanos, Optional<String> instance, boolean ok) {}

  private final ServiceCache cache;
  private final RoundRobin balancer;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CALL_TIMEOUT)
          .build();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "traffic"));

  /** The calls of the last minute, in order; guarded by this, as are the counts over all time. */
  private final ArrayDeque<Call> calls = new ArrayDeque<>();

  private final Map<String, Long> succeeded = new TreeMap<>();
  private long total;
  private long failed;

  Traffic(RegistryClient client, String service) {
    cache = client.cache(service);
    balancer = RoundRobin.over(cache).protocol("http").build();
  }

  ServiceCache cache() {
    return cache;
  }

  void start() {
    var unused = clock.scheduleAtFixedRate(this::callOnce, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Calls that began at or after a moment of the last minute, in order. */
  synchronized List<Call> since(long nanos) {
    return calls.stream().filter(call -> call.startNanos - nanos >= 0).toList();
  }

  /** Successful calls by instance. */
  synchronized Map<String, Long> byInstance() {
    return new TreeMap<>(succeeded);
  }

  synchronized long total() {
    return total;
  }

  synchronized long failed() {
    return failed;
  }

  @Override
  public void close() {
    clock.shutdown();
  }

  private void callOnce() {
    long start = System.nanoTime();
    Optional<Choice> choice = balancer.choose();
    boolean ok = choice.isPresent() && answers(choice.get());
    count(new Call(start, choice.map(chosen -> chosen.instance().id()), ok));
  }

  private synchronized void count(Call call) {
    total++;
    if (call.ok) {
      call.instance.ifPresent(id -> succeeded.merge(id, 1L, Long::sum));
    } else {
      failed++;
    }
    calls.addLast(call);
    while (call.startNanos - calls.getFirst().startNanos > REMEMBERED_NANOS) {
      calls.removeFirst();
    }
  }

  private boolean answers(Choice choice) {
    try {
      var request = HttpRequest.newBuilder(choice.endpoint().uri()).timeout(CALL_TIMEOUT).build();
      var response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() == 200 && response.body().equals(choice.instance().id())) {
        return true;
      }
    } catch (IOException e) {
      // counted by the caller
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    balancer.reportFailure(choice);
    return false;
  }
}
