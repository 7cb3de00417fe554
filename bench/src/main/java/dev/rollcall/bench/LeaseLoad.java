package dev.rollcall.bench;

import dev.rollcall.v1.ClusterGrpc;
import dev.rollcall.v1.GrantLeaseRequest;
import dev.rollcall.v1.GrantLeaseResponse;
import dev.rollcall.v1.KeepAliveRequest;
import dev.rollcall.v1.KeepAliveResponse;
import dev.rollcall.v1.RegistrationGrpc;
import dev.rollcall.v1.StatusRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bin/bench leases}: one node that holds many leases. How many it renews a second, and with
 * how much CPU; how late leases end at a steady rate; how long many that lapse at once take to go,
 * and what the others notice of it. Leases stand in namespaces of 20, of which all may lapse
 * without the guard engaging.
 */
@Command(name = "leases", mixinStandardHelpOptions = true)
final class LeaseLoad implements Callable<Integer> {
  private static final int NAMESPACE_LEASES = 20;
  private static final int FRAMES_OPEN = 8;
  private static final int FRAME_IDS = 1_000;
  private static final Duration LONG = Duration.ofHours(6);
  private static final Duration SHORT = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Option(names = "--held", defaultValue = "1000000", description = "Leases; ${DEFAULT-VALUE}.")
  private int held;

  @Option(names = "--lapsing", defaultValue = "100000", description = "At once; ${DEFAULT-VALUE}.")
  private int lapsing;

  @Option(names = "--rounds", defaultValue = "5", description = "${DEFAULT-VALUE}.")
  private int rounds;

  @Option(names = "--seconds", defaultValue = "3", description = "A round; ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(names = "--directory", defaultValue = "target/bench-data")
  private String directory;

  private long granted;

  @Override
  public Integer call() {
    try (var scratch = Scratch.below(directory)) {
      long start = System.nanoTime();
      List<Registryd> nodes = Registryd.start(scratch.directory().toAbsolutePath(), 1);
      try (Registryd node = nodes.getFirst()) {
        node.awaitReady(start);
        ManagedChannel channel =
            Grpc.newChannelBuilder("dns:///" + node.endpoint(), InsecureChannelCredentials.create())
                .build();
        try {
          measure(node, channel);
        } finally {
          channel.shutdownNow();
        }
      }
    }
    return 0;
  }

  private void measure(Registryd node, ManagedChannel channel) {
    long began = System.nanoTime();
    long[] ids = grant(channel, held, LONG);
    System.out.printf(
        "held: %,d leases, granted in %.1f s; the node has %,d MiB resident%n",
        leases(channel), since(began) / 1e9, node.residentBytes() >> 20);
    renewals(node, channel, ids, FRAME_IDS);
    renewals(node, channel, ids, 1);
    lateness(channel);
    massLapse(channel, ids);
  }

  private void renewals(Registryd node, ManagedChannel channel, long[] ids, int perFrame) {
    var rates = new ArrayList<Double>();
    var cpu = new ArrayList<Double>();
    try (var stream = new Stream(channel)) {
      for (int round = -1; round < rounds; round++) {
        Duration before = node.cpu();
        long from = System.nanoTime();
        long renewed = stream.run(ids, perFrame, TimeUnit.SECONDS.toNanos(seconds));
        double nanos = since(from);
        if (round >= 0) { // the one before warms up
          rates.add(renewed * 1e9 / nanos);
          cpu.add(node.cpu().minus(before).toNanos() / 1e3 / renewed);
        }
      }
    }
    System.out.printf(
        "renewals, %,d ids a frame: %s a second, %s us of the node's CPU each%n",
        perFrame, Spread.of(rates).show("%,.0f"), Spread.of(cpu).show("%.3f"));
  }

  /** A thousand deadlines a second: the k-th lease to go is late by the k-th deadline. */
  private void lateness(ManagedChannel channel) {
    int perSecond = 1_000;
    int perFrame = 20;
    long others = leases(channel);
    long[] ids = grant(channel, 20 * perSecond, SHORT);
    var deadlines = new long[ids.length];
    try (var stream = new Stream(channel)) {
      long first = System.nanoTime();
      for (int i = 0; i < ids.length; i += perFrame) {
        sleepUntil(first + i * 1_000_000_000L / perSecond);
        stream.renew(ids, i, perFrame);
        for (int k = i; k < i + perFrame; k++) {
          deadlines[k] = System.nanoTime() + SHORT.toNanos();
        }
      }
    }
    var late = new ArrayList<Double>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (late.size() < ids.length && System.nanoTime() < end) {
      long gone = ids.length - (leases(channel) - others);
      long now = System.nanoTime();
      while (late.size() < gone) {
        late.add((now - deadlines[late.size()]) / 1e6);
      }
      LockSupport.parkNanos(5_000_000);
    }
    late.sort(null);
    System.out.printf(
        "late at %,d expiries a second: p50 %.0f ms, p99 %.0f ms, most %.0f ms, of %,d%n",
        perSecond,
        late.get(late.size() / 2),
        late.get(late.size() * 99 / 100),
        late.getLast(),
        late.size());
  }

  private void massLapse(ManagedChannel channel, long[] others) {
    long before = leases(channel);
    long[] ids = grant(channel, lapsing, SHORT);
    var quiet = new ArrayList<Double>();
    var loud = new ArrayList<Double>();
    try (var stream = new Stream(channel);
        var beside = new Stream(channel)) {
      for (int i = 0; i < ids.length; i += FRAME_IDS) {
        stream.renew(ids, i, Math.min(FRAME_IDS, ids.length - i));
      }
      long due = System.nanoTime() + SHORT.toNanos();
      long goneNanos = 0;
      long end = due + PATIENCE.toNanos();
      for (int i = 0; goneNanos == 0 && System.nanoTime() < end; i++) {
        long asked = System.nanoTime();
        beside.renew(others, i * FRAME_IDS % (others.length - FRAME_IDS), FRAME_IDS);
        (asked < due ? quiet : loud).add(since(asked) / 1e6);
        if (asked > due && leases(channel) <= before) {
          goneNanos = System.nanoTime() - due;
        }
        LockSupport.parkNanos(5_000_000);
      }
      System.out.printf(
          "%,d lapse at once: gone %.2f s after their deadline, %,d of the others lost%n",
          ids.length, goneNanos / 1e9, beside.lost());
      System.out.printf(
          "a frame of %,d renewals beside it: %s ms, and before %s ms%n",
          FRAME_IDS, Spread.of(loud).show("%.1f"), Spread.of(quiet).show("%.1f"));
    }
  }

  private long[] grant(ManagedChannel channel, int count, Duration ttl) {
    var stub = RegistrationGrpc.newStub(channel).withWaitForReady();
    var ids = new long[count];
    var open = new Semaphore(512);
    for (int i = 0; i < count; i++) {
      open.acquireUninterruptibly();
      int at = i;
      var request =
          GrantLeaseRequest.newBuilder()
              .setNamespace("n-" + granted++ / NAMESPACE_LEASES)
              .setTtlMillis(ttl.toMillis())
              .build();
      stub.grantLease(
          request,
          new StreamObserver<>() {
            @Override
            public void onNext(GrantLeaseResponse answer) {
              ids[at] = answer.getLeaseId();
            }

            @Override
            public void onError(Throwable failure) {
              open.release();
            }

            @Override
            public void onCompleted() {
              open.release();
            }
          });
    }
    open.acquireUninterruptibly(512);
    if (LongStream.of(ids).anyMatch(id -> id == 0)) {
      throw new IllegalStateException("a lease was not granted");
    }
    return ids;
  }

  private static long leases(ManagedChannel channel) {
    return ClusterGrpc.newBlockingStub(channel)
        .status(StatusRequest.getDefaultInstance())
        .getLeases();
  }

  private static long since(long nanos) {
    return System.nanoTime() - nanos;
  }

  private static void sleepUntil(long nanos) {
    while (nanos - System.nanoTime() > 0) {
      LockSupport.parkNanos(nanos - System.nanoTime());
    }
  }

  /** A stream of keepalives with a bounded number of frames open. */
  private static final class Stream implements StreamObserver<KeepAliveResponse>, AutoCloseable {
    private final StreamObserver<KeepAliveRequest> requests;
    private final Semaphore open = new Semaphore(FRAMES_OPEN);
    private final AtomicLong alive = new AtomicLong();
    private final AtomicLong gone = new AtomicLong();

    Stream(ManagedChannel channel) {
      requests = RegistrationGrpc.newStub(channel).keepAlive(this);
    }

    /** Sends frames until the time is over; how many were renewed. */
    long run(long[] ids, int perFrame, long nanos) {
      long end = System.nanoTime() + nanos;
      long before = alive.get();
      for (long at = 0; System.nanoTime() < end; at += perFrame) {
        open.acquireUninterruptibly();
        requests.onNext(frame(ids, (int) (at % (ids.length - perFrame)), perFrame));
      }
      drain();
      return alive.get() - before;
    }

    /** One frame, and its answer. */
    void renew(long[] ids, int from, int count) {
      open.acquireUninterruptibly();
      requests.onNext(frame(ids, from, count));
      drain();
    }

    long lost() {
      return gone.get();
    }

    @Override
    public void onNext(KeepAliveResponse answer) {
      for (var renewal : answer.getRenewalsList()) {
        (renewal.getAlive() ? alive : gone).incrementAndGet();
      }
      open.release();
    }

    @Override
    public void onError(Throwable failure) {
      open.release(FRAMES_OPEN);
    }

    @Override
    public void onCompleted() {}

    @Override
    public void close() {
      requests.onCompleted();
    }

    private void drain() {
      open.acquireUninterruptibly(FRAMES_OPEN);
      open.release(FRAMES_OPEN);
    }

    private static KeepAliveRequest frame(long[] ids, int from, int count) {
      var request = KeepAliveRequest.newBuilder();
      for (int i = from; i < from + count; i++) {
        request.addLeaseIds(ids[i]);
      }
      return request.build();
    }
  }
}
