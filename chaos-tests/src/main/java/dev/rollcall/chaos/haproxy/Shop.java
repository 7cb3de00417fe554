package dev.rollcall.chaos.haproxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.client.InstancePatch;
import dev.rollcall.client.KeptLease;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.ServiceInstance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One instance: an HTTP server that answers with its id, registered under a lease of its own. Times
 * are of {@link System#nanoTime}, 0 for not yet. Its life is led by one thread; what it has seen
 * any thread may read.
 */
final class Shop implements AutoCloseable {
  static final String SERVICE = "shop";

  /** Requests under way when the server stops have this long. */
  private static final int STOP_SECONDS = 5;

  private final String id;
  private final RegistryClient registry;
  private final HttpServer server;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final KeptLease lease;
  private final AtomicLong firstRequestNanos = new AtomicLong();
  private final AtomicLong lastRequestNanos = new AtomicLong();
  private volatile boolean isLeaseLost;
  private volatile long registeredNanos;
  private volatile long drainedNanos;
  private volatile long killedNanos;

  /** Opens, and registers: blocks until that is acknowledged. */
  Shop(String id, RegistryClient registry, int weight, Duration ttl) throws IOException {
    this.id = id;
    this.registry = registry;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(executor);
    byte[] answer = id.getBytes(US_ASCII);
    server.createContext(
        "/",
        exchange -> {
          long now = System.nanoTime();
          firstRequestNanos.compareAndSet(0, now);
          lastRequestNanos.set(now);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    long leaseId = registry.leases().grant(ttl).id();
    lease = registry.leases().keep(leaseId, () -> isLeaseLost = true);
    registry.registerUnder(
        leaseId,
        ServiceInstance.builder(SERVICE)
            .id(id)
            .endpoint("http", "http", "127.0.0.1", server.getAddress().getPort())
            .weight(weight)
            .build());
    registeredNanos = System.nanoTime();
  }

  String id() {
    return id;
  }

  /** Another share of the traffic. */
  void weigh(int weight) {
    registry
        .operations()
        .update(
            SERVICE,
            id,
            new InstancePatch(
                Optional.empty(), OptionalInt.of(weight), Optional.empty(), Optional.empty(), 0));
  }

  /** Takes nothing new from now on. */
  void drain() {
    registry.operations().drain(SERVICE, id, Duration.ofMinutes(5));
    drainedNanos = System.nanoTime();
  }

  /** Deregisters, and ends when the requests under way are answered. */
  void leave() {
    deregister();
    lease.close();
    server.stop(STOP_SECONDS);
    executor.close();
  }

  private void deregister() {
    try {
      registry.deregister(SERVICE, id);
    } catch (RegistryException.NotFound e) {
      // An attempt whose answer was lost with a node has done it.
      return;
    }
  }

  /** Ends as kill -9 would end it: nobody is told, connections break. */
  void die() {
    killedNanos = System.nanoTime();
    lease.close(); // not renewed any more
    server.stop(0);
    executor.shutdownNow();
  }

  /** When its registration was acknowledged. */
  long registeredNanos() {
    return registeredNanos;
  }

  /** When it died. */
  long killedNanos() {
    return killedNanos;
  }

  /** Whether its lease ended although it was kept. */
  boolean isLeaseLost() {
    return isLeaseLost;
  }

  /** From the acknowledged registration to the first request; empty when it got none. */
  Optional<Duration> toFirstRequest() {
    return between(registeredNanos, firstRequestNanos.get());
  }

  /** From the acknowledged drain to the last request that came after it; empty when none did. */
  Optional<Duration> requestsAfterDrain() {
    long last = lastRequestNanos.get();
    return drainedNanos == 0 || last < drainedNanos
        ? Optional.empty()
        : between(drainedNanos, last);
  }

  private static Optional<Duration> between(long from, long to) {
    return to == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(Math.max(0, to - from)));
  }

  @Override
  public void close() {
    lease.close();
    server.stop(0);
    executor.shutdownNow();
  }
}
