package dev.rollcall.chaos.process;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.ServiceInstance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Clients that register one instance after the other, each in a service of its own, and leave it to
 * its TTL, which is longer than any experiment. What was acknowledged goes into a {@link Ledger}.
 */
final class Load {
  private static final Duration TTL = Duration.ofHours(24);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private final Ledger ledger;
  private final Semaphore acknowledged = new Semaphore(0);
  private final AtomicLong unknown = new AtomicLong();
  private final AtomicLong unavailable = new AtomicLong();
  private final List<RegistryClient> clients = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean isStopping;
  private volatile @Nullable RuntimeException failure;

  private Load(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Begins.
   *
   * @param name unique among all loads on the cluster
   */
  static Load start(NodeCluster cluster, Ledger ledger, String name, int clients) {
    var load = new Load(ledger);
    for (int client = 0; client < clients; client++) {
      load.add(cluster.client(cluster.nodes(), CALL_TIMEOUT), name + "-" + client);
    }
    return load;
  }

  /** Waits for so many more acknowledgements. */
  void awaitAcknowledged(int count) {
    try {
      if (!acknowledged.tryAcquire(count, NodeCluster.PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new ChaosFailure(
            "registrations do not get through: %d of %d within %d s"
                .formatted(
                    acknowledged.availablePermits(), count, NodeCluster.PATIENCE.toSeconds()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChaosFailure("interrupted", e);
    }
  }

  /** Lets the calls under way end as they will, and no others begin. */
  void finish() {
    isStopping = true;
    joinAll();
    clients.forEach(RegistryClient::close);
  }

  /** Gives the calls under way up: nobody is left to answer them. */
  void abandon() {
    isStopping = true;
    clients.forEach(RegistryClient::close);
    joinAll();
  }

  /** Registrations of which nobody knows whether they happened. */
  long unknown() {
    return unknown.get();
  }

  /** Registrations that no node took within the call's time. */
  long unavailable() {
    return unavailable.get();
  }

  private void add(RegistryClient client, String service) {
    clients.add(client);
    threads.add(Thread.ofVirtual().start(() -> registerAll(client, service)));
  }

  private void registerAll(RegistryClient client, String service) {
    for (int number = 1; !isStopping; number++) {
      ServiceInstance instance =
          ServiceInstance.builder(service)
              .id(service + "-" + number)
              .endpoint("http", "http", "127.0.0.1", 1 + number % 60_000)
              .build();
      try {
        long sentNanos = System.nanoTime();
        ServiceInstance registered = client.registerOnce(instance, TTL);
        ledger.add(new Ledger.Entry(registered, sentNanos, System.nanoTime()));
        acknowledged.release();
      } catch (RegistryException.Indeterminate e) {
        unknown.incrementAndGet();
      } catch (RegistryException.Unavailable e) {
        // One given up under way may have happened, so who knows.
        (isStopping ? unknown : unavailable).incrementAndGet();
      } catch (RuntimeException e) {
        if (!isStopping) {
          failure = e;
          return;
        }
      }
    }
  }

  private void joinAll() {
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChaosFailure("interrupted", e);
    }
    RuntimeException cause = failure;
    if (cause != null) {
      throw new ChaosFailure("a registration was refused: " + cause.getMessage(), cause);
    }
  }
}
