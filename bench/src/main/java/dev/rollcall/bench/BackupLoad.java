package dev.rollcall.bench;

import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RegisterResponse;
import dev.rollcall.v1.RegistrationGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench backup}: how long a backup of one node takes and how long its restore, with the
 * commands as shipped; and how long registrations at a steady rate take meanwhile.
 */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description = "Backup under load, and restore, of instances of 250 bytes.")
final class BackupLoad implements Callable<Integer> {
  @Option(names = "--instances", defaultValue = "1000000", description = "${DEFAULT-VALUE}.")
  private int instances;

  @Option(names = "--rate", defaultValue = "500", description = "A second; ${DEFAULT-VALUE}.")
  private int rate;

  @Option(names = "--rounds", defaultValue = "3", description = "Backups; ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(names = "--directory", defaultValue = "target/bench-data")
  private String directory;

  /** Registrations begun so far. */
  private final AtomicLong next = new AtomicLong();

  @Override
  public Integer call() throws InterruptedException {
    try (var scratch = Scratch.below(directory)) {
      Path below = scratch.directory().toAbsolutePath();
      Path file = below.resolve("backup");
      long start = System.nanoTime();
      try (var node = Registryd.start(below, 1).getFirst()) {
        node.awaitReady(start);
        Footprint.fill(node, instances);
        next.set(instances);
        saves(node, file);
      }
      restore(below, file);
    }
    return 0;
  }

  private void saves(Registryd node, Path file) throws InterruptedException {
    var channel =
        Grpc.newChannelBuilder("dns:///" + node.endpoint(), InsecureChannelCredentials.create())
            .build();
    try {
      loaded(channel, () -> LockSupport.parkNanos(10_000_000_000L)); // warms up
      var idle = loaded(channel, () -> LockSupport.parkNanos(10_000_000_000L));
      System.out.printf("backup: registrations without one %s%n", show(idle));
      var seconds = new ArrayList<Double>();
      for (int round = 0; round < rounds; round++) {
        var latencies =
            loaded(
                channel,
                () ->
                    seconds.add(
                        run(
                            "registryctl",
                            "--endpoints=" + node.endpoint(),
                            "snapshot",
                            "save",
                            "--force",
                            file.toString())));
        System.out.printf("backup: registrations beside one %s%n", show(latencies));
      }
      System.out.printf(
          "backup: %,d instances into %,d MiB: %s s%n",
          instances, size(file) >> 20, Spread.of(seconds).show("%.1f"));
    } finally {
      channel.shutdownNow();
    }
  }

  private void restore(Path below, Path file) {
    var seconds = new ArrayList<Double>();
    for (int round = 0; round < rounds; round++) {
      seconds.add(
          run(
              "registryd",
              "snapshot",
              "restore",
              file.toString(),
              "--data-dir=" + below.resolve("restored-" + round)));
    }
    System.out.printf("restore: %s s%n", Spread.of(seconds).show("%.1f"));
  }

  /** Registrations at the rate, whether or not those before are answered, as long as it takes. */
  private List<Double> loaded(ManagedChannel channel, Runnable work) throws InterruptedException {
    var stub = RegistrationGrpc.newStub(channel);
    var latencies = Collections.synchronizedList(new ArrayList<Double>());
    var isOver = new AtomicBoolean();
    var load =
        Thread.ofPlatform()
            .start(() -> {
              long due = System.nanoTime();
              while (!isOver.get()) {
                register(stub, due, latencies);
                due += 1_000_000_000L / rate;
                LockSupport.parkNanos(due - System.nanoTime());
              }
            });
    work.run();
    isOver.set(true);
    load.join();
    return List.copyOf(latencies);
  }

  private void register(
      RegistrationGrpc.RegistrationStub stub, long dueNanos, List<Double> latencies) {
    var request =
        RegisterRequest.newBuilder()
            .setTtlMillis(86_400_000)
            .addInstances(Instances.message(next.getAndIncrement()))
            .build();
    stub.register(
        request,
        new StreamObserver<>() {
          @Override
          public void onNext(RegisterResponse response) {
            // From when it was to be sent: what waits for its turn waits too.
            latencies.add((System.nanoTime() - dueNanos) / 1e6);
          }

          @Override
          public void onError(Throwable failure) {
            latencies.add(Double.POSITIVE_INFINITY);
          }

          @Override
          public void onCompleted() {}
        });
  }

  /** Runs a command of the distribution to its end; how many seconds it took. */
  private static double run(String command, String... arguments) {
    var words = new ArrayList<String>();
    words.add(System.getProperty("rollcall.home") + "/bin/" + command);
    words.addAll(List.of(arguments));
    long from = System.nanoTime();
    try {
      var process = new ProcessBuilder(words).inheritIO().start();
      int code = process.waitFor();
      if (code != 0) {
        throw new IllegalStateException(words + " ended with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return (System.nanoTime() - from) / 1e9;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String show(List<Double> millis) {
    double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return "p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, most %.1f ms (of %,d)"
        .formatted(
            sorted[sorted.length / 2],
            sorted[(int) (sorted.length * 0.99)],
            sorted[(int) (sorted.length * 0.999)],
            sorted[sorted.length - 1],
            sorted.length);
  }
}
