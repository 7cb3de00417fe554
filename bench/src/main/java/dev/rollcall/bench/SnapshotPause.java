package dev.rollcall.bench;

import dev.rollcall.store.Command;
import dev.rollcall.store.CommandCodec;
import dev.rollcall.store.LogEntry;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.Request;
import dev.rollcall.store.instance.Endpoint;
import dev.rollcall.store.instance.Instance;
import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.Locality;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.Status;
import dev.rollcall.store.rocks.RocksOrderedStore;
import dev.rollcall.store.snapshot.SnapshotReader;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long one apply of 64 registrations takes over a state of 1 GiB while that state is sent to
 * somebody: a snapshot is taken on this thread, as the apply thread does, and another thread reads
 * it in pieces at the rate of production, over and over. Look at the highest percentiles: the goal
 * is that no apply takes over 100 ms.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    // The collector of registryd, not that of the other benchmarks.
    jvmArgsAppend = {"-Xmx10g", "-XX:-UseSerialGC", "-XX:+UseG1GC"})
@Warmup(iterations = 1, time = 3)
@Measurement(iterations = 1, time = 30)
public class SnapshotPause {
  private static final int BATCH = 64;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final long BYTES_PER_SECOND = 64L << 20;
  private static final int INSTANCES_A_SERVICE = 100;
  private static final String FILLER = "m".repeat(300);

  /** Of the rows, on the disk and before compression. */
  @Param("1024")
  public int megabytes;

  @Param({"false", "true"})
  public boolean sending;

  @Param("target/bench-data")
  public String directory;

  private Scratch scratch;
  private RegistryStore store;
  private long index;
  private @Nullable Thread sender;
  private volatile boolean isOver;
  private volatile @Nullable SnapshotReader taken;
  private volatile boolean isWanted;

  @Setup(Level.Trial)
  public void fill() {
    scratch = Scratch.below(directory);
    store = RegistryStore.open(RocksOrderedStore.open(scratch.directory().resolve("state")));
    // An instance's row and its change hold the filler once each.
    long registrations = megabytes * (1L << 20) / (2L * (FILLER.length() + 150));
    while (index < registrations) {
      store.apply(batch());
    }
    store.flush();
    if (sending) {
      sender = Thread.ofPlatform().name("sender").start(this::send);
    }
  }

  @TearDown(Level.Trial)
  public void remove() throws Exception {
    isOver = true;
    if (sender != null) {
      sender.join();
    }
    store.close();
    scratch.close();
  }

  @Benchmark
  public Object apply() {
    if (isWanted && taken == null) {
      isWanted = false;
      taken = store.snapshot();
    }
    return store.apply(batch());
  }

  private void send() {
    while (!isOver) {
      isWanted = true;
      while (taken == null && !isOver) {
        LockSupport.parkNanos(1_000_000);
      }
      var snapshot = taken;
      if (snapshot == null) {
        return;
      }
      byte[] position = new byte[0];
      boolean isLast = false;
      while (!isLast && !isOver) {
        long began = System.nanoTime();
        var chunk = snapshot.chunk(position, CHUNK_BYTES);
        position = chunk.position();
        isLast = chunk.isLast();
        long due = began + chunk.bytes().length * 1_000_000_000L / BYTES_PER_SECOND;
        while (System.nanoTime() < due && !isOver) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
      }
      snapshot.close();
      taken = null;
    }
  }

  private List<LogEntry> batch() {
    var entries = new ArrayList<LogEntry>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      index++;
      var command =
          new Command.Register(List.of(instance(index)), new Command.Keeper.NewLease(60_000));
      entries.add(new LogEntry(index, index, CommandCodec.encode(Request.of(command))));
    }
    return entries;
  }

  private static Instance instance(long number) {
    var metadata = new TreeMap<String, String>();
    metadata.put("filler", FILLER);
    return new Instance(
        new InstanceKey(
            new ServiceKey("bench", "service-" + number / INSTANCES_A_SERVICE), "i-" + number),
        1,
        List.of(new Endpoint("http", "http", "10.0.0.1", 8080, false)),
        Locality.UNKNOWN,
        Instance.WEIGHT_DEFAULT,
        "1.0",
        List.of(),
        metadata,
        Status.UP);
  }
}
