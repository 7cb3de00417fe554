package dev.rollcall.chaos.simulation;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * Runs seeds on all cores, each seed in one thread, until one fails: then every seed before that
 * one has passed.
 */
final class Seeds {
  private static final long PROGRESS_SECONDS = 10;
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private final long first;
  private final long count;
  private final LongFunction<Scenario> scenario;
  private final boolean hashed;
  private final AtomicLong next;

  // Guarded by this.
  private final Totals totals = new Totals();
  private long cpuNanos;
  private final Map<Long, String> hashes = new TreeMap<>();
  private Optional<Failure> failure = Optional.empty();

  /**
   * @param scenario what is run of a seed
   */
  Seeds(long first, long count, LongFunction<Scenario> scenario, boolean hashed) {
    this.first = first;
    this.count = count;
    this.scenario = scenario;
    this.hashed = hashed;
    this.next = new AtomicLong(first);
  }

  /**
   * Runs them all, or until one fails.
   *
   * @param progress told every few seconds how many were begun
   */
  Optional<Failure> runAll(LongConsumer progress) throws InterruptedException {
    int cores = Runtime.getRuntime().availableProcessors();
    try (ExecutorService workers = Executors.newFixedThreadPool(cores)) {
      for (int core = 0; core < cores; core++) {
        workers.execute(this::work);
      }
      workers.shutdown();
      while (!workers.awaitTermination(PROGRESS_SECONDS, TimeUnit.SECONDS)) {
        progress.accept(Math.min(count, next.get() - first));
      }
    }
    return failure();
  }

  /** Of the seeds that passed. */
  synchronized Totals totals() {
    return totals;
  }

  /** Of the seeds that passed, by seed. */
  synchronized Map<Long, String> hashes() {
    return hashes;
  }

  private synchronized Optional<Failure> failure() {
    return failure;
  }

  private void work() {
    while (failure().isEmpty()) {
      long seed = next.getAndIncrement();
      if (seed >= first + count) {
        return;
      }
      long before = CPU.getCurrentThreadCpuTime();
      var result = Simulation.run(scenario.apply(seed), hashed);
      worked(CPU.getCurrentThreadCpuTime() - before);
      result.failure().ifPresentOrElse(this::failed, () -> passed(seed, result));
    }
  }

  private synchronized void worked(long nanos) {
    cpuNanos += nanos;
  }

  /** Time that the seeds took of a core, whatever else it did meanwhile. */
  synchronized long cpuNanos() {
    return cpuNanos;
  }

  private synchronized void passed(long seed, Simulation.Result result) {
    totals.add(result.totals());
    hashes.put(seed, result.hash());
  }

  private synchronized void failed(Failure one) {
    if (failure.isEmpty() || one.scenario().seed() < failure.get().scenario().seed()) {
      failure = Optional.of(one);
    }
  }
}
