package dev.rollcall.bench;

import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.log.FileDisk;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.SegmentedLog;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A start over a log of 1 GiB: every byte read and checked, the tail written anew. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class LogRecovery {
  private static final long LOG_BYTES = 1L << 30;
  private static final int ENTRIES_A_BATCH = 64;

  /** Of one entry: with 64 to a batch, some 18 KiB a batch and 60,000 batches. */
  @Param("256")
  public int bytes;

  @Param("target/bench-data")
  public String directory;

  private Scratch scratch;
  private FileDisk disk;

  @Setup
  public void write() {
    scratch = Scratch.below(directory);
    disk = FileDisk.open(scratch.directory());
    var payload = Payload.wrap(new byte[bytes]);
    long batchBytes = 96 + ENTRIES_A_BATCH * (24L + bytes);
    try (SegmentedLog log = Logs.create(disk)) {
      long batches = LOG_BYTES / batchBytes;
      for (long batch = 0; batch < batches; batch++) {
        long index = 2 + batch * ENTRIES_A_BATCH;
        log.append(Logs.commands(batch, index, ENTRIES_A_BATCH, payload));
        if (batch % 256 == 0) {
          log.force();
        }
      }
      log.force();
    }
  }

  @TearDown
  public void remove() throws IOException {
    disk.close();
    scratch.close();
  }

  @Benchmark
  public long open() {
    try (SegmentedLog log = SegmentedLog.open(disk, Logs.IDENTITY, LogConfig.DEFAULT)) {
      return log.restored(0).commitIndex();
    }
  }
}
