package dev.rollcall.bench;

import dev.rollcall.v1.InstanceKey;
import dev.rollcall.v1.RegisterRequest;
import dev.rollcall.v1.RegistrationGrpc;
import dev.rollcall.v1.UpdateRequest;
import dev.rollcall.v1.WatchResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bin/bench watches}: one node as shipped whose service many watch, over few streams and
 * over many. How long a change takes to the last watcher, how many events a second reach watchers,
 * what a stream costs, what stalled watchers cost the others, and how many bytes a change is.
 */
@Command(
    name = "watches",
    mixinStandardHelpOptions = true,
    description = "Watchers of one service on one node, in a process of its own.")
final class WatchLoad implements Callable<Integer> {
  private static final int INSTANCE_BYTES = 250;
  private static final int LARGE_SERVICE = 5_000;
  private static final int UNDELIVERED_MAX = 256;
  private static final long SLOT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** G1 gives back what it does not need once a minute. */
  private static final long CALM_SECONDS = 65;

  /** What can be measured. */
  enum Measure {
    /** Change to last watcher, over few streams and over many. */
    FAN_OUT,
    /** Events a second. */
    SATURATION,
    /** Memory of many streams. */
    STREAMS,
    /** What stalled streams cost the others. */
    STALLED,
    /** Bytes of a change. */
    BYTES
  }

  @Option(names = "--watchers", defaultValue = "10000", description = "${DEFAULT-VALUE}.")
  private int watchers;

  @Option(names = "--streams", defaultValue = "100", description = "Few; ${DEFAULT-VALUE}.")
  private int streams;

  @Option(names = "--held", defaultValue = "40000", description = "Streams; ${DEFAULT-VALUE}.")
  private int held;

  @Option(names = "--changes", defaultValue = "200", description = "${DEFAULT-VALUE}.")
  private int changes;

  @Option(names = "--rounds", defaultValue = "5", description = "${DEFAULT-VALUE}.")
  private int rounds;

  @Option(names = "--seconds", defaultValue = "4", description = "A round; ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--measure",
      split = ",",
      defaultValue = "FAN_OUT,SATURATION,STREAMS,STALLED,BYTES",
      description = "${COMPLETION-CANDIDATES}; all.")
  private List<Measure> measures;

  @Option(names = "--directory", defaultValue = "target/bench-data")
  private String directory;

  private int weight;

  @Override
  public Integer call() throws InterruptedException {
    for (Measure measure : measures) {
      try (var scratch = Scratch.below(directory)) {
        long start = System.nanoTime();
        try (var node = Registryd.start(scratch.directory().toAbsolutePath(), 1).getFirst()) {
          node.awaitReady(start);
          var channel =
              Grpc.newChannelBuilder(
                      "dns:///" + node.endpoint(), InsecureChannelCredentials.create())
                  .build();
          try {
            measure(measure, node, channel);
          } finally {
            channel.shutdownNow();
          }
        }
      }
    }
    return 0;
  }

  private void measure(Measure measure, Registryd node, ManagedChannel channel)
      throws InterruptedException {
    var writer = RegistrationGrpc.newBlockingStub(channel).withWaitForReady();
    register(writer, measure == Measure.BYTES ? LARGE_SERVICE : 10);
    switch (measure) {
      case FAN_OUT -> {
        fanOut(node, writer, streams, watchers / streams);
        fanOut(node, writer, watchers, 1);
      }
      case SATURATION -> {
        saturation(node, writer, streams, watchers / streams);
        saturation(node, writer, watchers, 1);
      }
      case STREAMS -> hold(node, writer);
      case STALLED -> stalled(node, writer);
      case BYTES -> bytes(node, writer);
    }
  }

  private void fanOut(
      Registryd node,
      RegistrationGrpc.RegistrationBlockingStub writer,
      int manyStreams,
      int watchesEach) {
    var deliveries = new Deliveries(manyStreams * watchesEach);
    try (var open =
        new WatchStreams(node.endpoint(), service(), manyStreams, watchesEach, deliveries)) {
      var answered = new ArrayList<Double>();
      var reached = new ArrayList<Double>();
      for (int i = -changes / 4; i < changes; i++) { // the first warm up
        long asked = System.nanoTime();
        long revision = change(writer);
        double answer = (System.nanoTime() - asked) / 1e6;
        double last = (deliveries.awaitAll(revision) - asked) / 1e6;
        open.requireWhole();
        if (i >= 0) {
          answered.add(answer);
          reached.add(last);
        }
        LockSupport.parkNanos(asked + SLOT_NANOS - System.nanoTime());
      }
      System.out.printf(
          "fan-out: %,d watchers over %,d streams: change to last watcher %s, answer to its writer"
              + " %s%n",
          manyStreams * watchesEach, manyStreams, percentiles(reached), percentiles(answered));
    }
  }

  /** Writes as fast as watchers are told, never more than so many changes ahead of the last. */
  private void saturation(
      Registryd node,
      RegistrationGrpc.RegistrationBlockingStub writer,
      int manyStreams,
      int watchesEach) {
    var deliveries = new Deliveries(manyStreams * watchesEach);
    try (var open =
        new WatchStreams(node.endpoint(), service(), manyStreams, watchesEach, deliveries)) {
      System.out.printf(
          "saturation: %,d watchers over %,d streams: %s events delivered a second%n",
          manyStreams * watchesEach,
          manyStreams,
          Spread.of(rates(writer, deliveries, open)).show("%,.0f"));
    }
  }

  private List<Double> rates(
      RegistrationGrpc.RegistrationBlockingStub writer, Deliveries deliveries, WatchStreams open) {
    var rates = new ArrayList<Double>();
    for (int round = -1; round < rounds; round++) { // the one before warms up
      long before = deliveries.events();
      long from = System.nanoTime();
      var undelivered = new ArrayDeque<Long>();
      while (System.nanoTime() - from < TimeUnit.SECONDS.toNanos(seconds)) {
        undelivered.add(change(writer));
        if (undelivered.size() > UNDELIVERED_MAX) {
          deliveries.awaitAll(undelivered.remove());
        }
      }
      undelivered.forEach(deliveries::awaitAll);
      open.requireWhole();
      if (round >= 0) {
        rates.add((deliveries.events() - before) * 1e9 / (System.nanoTime() - from));
      }
    }
    return rates;
  }

  private void hold(Registryd node, RegistrationGrpc.RegistrationBlockingStub writer)
      throws InterruptedException {
    // What the first streams bring with them is not counted.
    new WatchStreams(node.endpoint(), service(), streams, 1, (id, revision) -> {}).close();
    TimeUnit.SECONDS.sleep(CALM_SECONDS);
    long before = node.residentBytes();
    long opening = System.nanoTime();
    var deliveries = new Deliveries(held);
    try (var open = new WatchStreams(node.endpoint(), service(), held, 1, deliveries)) {
      double opened = (System.nanoTime() - opening) / 1e9;
      var reached = new ArrayList<Double>();
      for (int i = 0; i < changes / 10; i++) {
        long asked = System.nanoTime();
        reached.add((deliveries.awaitAll(change(writer)) - asked) / 1e6);
      }
      long served = node.residentBytes();
      TimeUnit.SECONDS.sleep(CALM_SECONDS);
      long calm = node.residentBytes();
      open.requireWhole();
      System.out.printf(
          "streams: %,d opened in %.1f s; change to last of them %s; %.1f KiB of the node's memory"
              + " each when served, %.1f KiB after %d s%n",
          held,
          opened,
          percentiles(reached),
          (served - before) / 1024.0 / held,
          (calm - before) / 1024.0 / held,
          CALM_SECONDS);
    }
  }

  /** Rates of 900 streams, in turn with and without 100 that never read. */
  private void stalled(Registryd node, RegistrationGrpc.RegistrationBlockingStub writer) {
    var ratios = new ArrayList<Double>();
    var deliveries = new Deliveries(900);
    try (var open = new WatchStreams(node.endpoint(), service(), 900, 1, deliveries)) {
      int all = rounds;
      for (int pair = 0; pair < all; pair++) {
        rounds = 1;
        double alone = rates(writer, deliveries, open).getFirst();
        try (var stuck = WatchStreams.stalled(node.endpoint(), service(), 100)) {
          double beside = rates(writer, deliveries, open).getFirst();
          stuck.requireWhole();
          ratios.add(beside / alone);
        }
      }
      rounds = all;
    }
    System.out.printf(
        "stalled: 900 streams beside 100 that never read, events a second as a ratio to without:"
            + " %s%n",
        Spread.of(ratios).show("%.2f"));
  }

  private void bytes(Registryd node, RegistrationGrpc.RegistrationBlockingStub writer) {
    var size = new AtomicInteger();
    var deliveries = new Deliveries(1);
    var counting =
        new WatchStreams.Told() {
          @Override
          public void delta(long watchId, long revision) {
            deliveries.delta(watchId, revision);
          }

          @Override
          public void message(WatchResponse message) {
            if (message.hasDeltas()) {
              size.set(message.getSerializedSize());
            }
          }
        };
    try (var open = new WatchStreams(node.endpoint(), service(), 1, 1, counting)) {
      deliveries.awaitAll(change(writer));
      open.requireWhole();
      System.out.printf(
          "bytes: another weight of one instance of %d bytes among %,d: a message of %d bytes%n",
          INSTANCE_BYTES, LARGE_SERVICE, size.get());
    }
  }

  private static void register(RegistrationGrpc.RegistrationBlockingStub writer, int count) {
    for (int number = 0; number < count; number++) {
      var instance = Instances.message(number).toBuilder();
      instance.setService(service());
      writer.register(
          RegisterRequest.newBuilder().setTtlMillis(86_400_000).addInstances(instance).build());
    }
  }

  /** Another weight of one instance; the revision at which it has it. */
  private long change(RegistrationGrpc.RegistrationBlockingStub writer) {
    weight = weight % 60_000 + 1;
    return writer
        .update(
            UpdateRequest.newBuilder()
                .setKey(InstanceKey.newBuilder().setService(service()).setInstanceId("instance-0"))
                .setWeight(weight)
                .build())
        .getHeader()
        .getRevision();
  }

  private static String service() {
    return Instances.service(0);
  }

  private static String percentiles(List<Double> millis) {
    double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return "p50 %.1f ms, p99 %.1f ms, most %.1f ms (of %d)"
        .formatted(
            sorted[sorted.length / 2],
            sorted[(int) (sorted.length * 0.99)],
            sorted[sorted.length - 1],
            sorted.length);
  }
}
