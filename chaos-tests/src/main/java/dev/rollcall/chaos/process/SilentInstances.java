package dev.rollcall.chaos.process;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.registration.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A few instances that are kept alive for a while, fall silent until they are seen to go, and come
 * back; over and over, each on a thread of its own.
 */
final class SilentInstances {
  static final String SERVICE = "silent";

  /** Long enough that those who fall silent within 30 s are too few for the guard to engage. */
  private static final long ALIVE_MILLIS_MIN = 2_500;

  private static final long ALIVE_MILLIS_MAX = 6_000;

  private final NodeCluster cluster;
  private final LeaseLedger ledger;
  private final LongSupplier disturbances;
  private final List<Silence> silences = new ArrayList<>(); // guarded by itself
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean isStopping;
  private volatile @Nullable RuntimeException failure;

  /**
   * One that came to its end.
   *
   * @param late how long after the TTL the instance was seen to go
   * @param isCalm whether no fault began or ended meanwhile
   */
  record Silence(Duration late, boolean isCalm) {}

  /**
   * Begins.
   *
   * @param disturbances counts faults that began or ended
   */
  SilentInstances(
      NodeCluster cluster,
      LeaseLedger ledger,
      LongSupplier disturbances,
      Duration ttl,
      long[] seeds) {
    this.cluster = cluster;
    this.ledger = ledger;
    this.disturbances = disturbances;
    for (int number = 0; number < seeds.length; number++) {
      var random = new Random(seeds[number]);
      int own = number;
      threads.add(Thread.ofVirtual().start(() -> run(own, ttl, random)));
    }
  }

  /** Lets the silences under way come to their end, and no others begin. */
  List<Silence> finish() throws InterruptedException {
    isStopping = true;
    for (Thread thread : threads) {
      thread.join();
    }
    RuntimeException cause = failure;
    if (cause != null) {
      throw new ChaosFailure("a silent instance: " + cause.getMessage(), cause);
    }
    synchronized (silences) {
      return List.copyOf(silences);
    }
  }

  private void run(int number, Duration ttl, Random random) {
    var tap = new KeepAliveTap(ledger);
    try (RegistryClient client = cluster.client(cluster.nodes(), tap)) {
      Registration registration = client.register(KeptInstances.instance(SERVICE, number), ttl);
      do {
        if (!registration.awaitRegistered(NodeCluster.PATIENCE)) {
          throw new ChaosFailure("does not come back: " + registration.instance());
        }
        TimeUnit.MILLISECONDS.sleep(random.nextLong(ALIVE_MILLIS_MIN, ALIVE_MILLIS_MAX));
        fallSilent(tap, tap.leaseId());
      } while (!isStopping);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void fallSilent(KeepAliveTap tap, long leaseId) throws InterruptedException {
    long before = disturbances.getAsLong();
    ledger.silent(leaseId);
    tap.mute(true);
    Duration late = ledger.awaitRemoved(leaseId, NodeCluster.PATIENCE);
    tap.mute(false);
    synchronized (silences) {
      silences.add(new Silence(late, before == disturbances.getAsLong()));
    }
  }
}
