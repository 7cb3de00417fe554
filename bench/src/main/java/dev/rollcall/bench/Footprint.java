package dev.rollcall.bench;

import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RegistrationGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench footprint}: the memory of one node as shipped that holds instances of 250 bytes, a
 * lease each, and how long it takes after kill -9 until it is ready again.
 */
@Command(
    name = "footprint",
    mixinStandardHelpOptions = true,
    description = "Resident memory and restart of a node with instances of 250 bytes.")
final class Footprint implements Callable<Integer> {
  private static final int IN_FLIGHT = 256;
  private static final long TTL_MILLIS = 86_400_000;
  private static final int RESTARTS = 3;

  /** G1 gives back what it does not need once a minute. */
  private static final Duration CALM = Duration.ofSeconds(75);

  @Option(
      names = "--instances",
      split = ",",
      defaultValue = "0,100000,1000000",
      description = "One after the other; ${DEFAULT-VALUE}.")
  private List<Integer> counts;

  @Option(names = "--directory", defaultValue = "target/bench-data")
  private String directory;

  @Override
  public Integer call() throws InterruptedException {
    for (int count : counts) {
      measure(count);
    }
    return 0;
  }

  private void measure(int count) throws InterruptedException {
    try (var scratch = Scratch.below(directory)) {
      long start = System.nanoTime();
      Registryd node = Registryd.start(scratch.directory().toAbsolutePath(), 1).getFirst();
      try (node) {
        node.awaitReady(start);
        long filling = System.nanoTime();
        fill(node, count);
        double seconds = (System.nanoTime() - filling) / 1e9;
        long filled = node.residentBytes();
        TimeUnit.NANOSECONDS.sleep(CALM.toNanos());
        long calm = node.residentBytes();
        var toReady = new ArrayList<Double>();
        var restarted = new ArrayList<Double>();
        for (int i = 0; i < RESTARTS; i++) {
          toReady.add(node.awaitReady(node.restart()).toNanos() / 1e9);
          restarted.add(mebibytes(node.residentBytes()));
        }
        System.out.printf(
            "footprint: %,d instances (filled in %.0f s): resident %.0f MiB then, %.0f MiB after"
                + " %d s, %s MiB restarted; ready %s s after kill -9%n",
            count,
            seconds,
            mebibytes(filled),
            mebibytes(calm),
            CALM.toSeconds(),
            Spread.of(restarted).show("%.0f"),
            Spread.of(toReady).show("%.2f"));
      }
    }
  }

  /** Registers so many instances, each under a lease of its own. */
  static void fill(Registryd node, int count) {
    String register = RegistrationGrpc.getRegisterMethod().getFullMethodName();
    try (var calls = new InFlight(node.endpoint(), register)) {
      calls.run(
          IN_FLIGHT,
          count,
          number ->
              RegisterRequest.newBuilder()
                  .setTtlMillis(TTL_MILLIS)
                  .addInstances(Instances.message(number))
                  .build()
                  .toByteArray());
    }
  }

  private static double mebibytes(long bytes) {
    return bytes / (double) (1 << 20);
  }
}
