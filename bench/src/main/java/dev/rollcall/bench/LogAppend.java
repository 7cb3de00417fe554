package dev.rollcall.bench;

import dev.rollcall.raft.core.Payload;
import dev.rollcall.raft.log.Disk.DiskFile;
import dev.rollcall.raft.log.FileDisk;
import dev.rollcall.raft.log.SegmentedLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
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

/**
 * One write made durable, by the log and by hand: the same number of bytes into a file written in
 * full before, then fdatasync. The log does with it what its writer does: prepares the next file
 * when that is due, and drops what is old, whose files it uses again.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 4, time = 2)
public class LogAppend {
  private static final long BARE_BYTES = 64L << 20;
  private static final int BATCH_OVERHEAD_BYTES = 96 + 24;
  private static final int INDEXES_A_DROP = 500;

  @Param({"4096", "65536"})
  public int bytes;

  @Param("target/bench-data")
  public String directory;

  private Scratch scratch;
  private FileDisk disk;
  private SegmentedLog log;
  private DiskFile bare;
  private ByteBuffer buffer;
  private Payload payload;
  private long position;
  private long sequence;
  private final LongStream.Builder bareNanos = LongStream.builder();
  private final LongStream.Builder logNanos = LongStream.builder();

  @Setup
  public void open() throws IOException {
    scratch = Scratch.below(directory);
    disk = FileDisk.open(scratch.directory());
    log = Logs.create(disk);
    bare = disk.create("bare", BARE_BYTES);
    bare.force();
    buffer = ByteBuffer.allocateDirect(bytes);
    payload = Payload.wrap(new byte[bytes - BATCH_OVERHEAD_BYTES]);
    runIn();
  }

  /** Until the log writes to files that were segments before, as it does once state is durable. */
  private void runIn() {
    var mebibyte = Payload.wrap(new byte[1 << 20]);
    for (long written = 0; written < 3 * BARE_BYTES; written += 1 << 20) {
      log.append(Logs.commands(++sequence, sequence + 1, 1, mebibyte));
    }
    log.force();
    log.dropPrefix(log.lastIndex());
  }

  @TearDown
  public void close() throws IOException {
    long[] ofBare = bareNanos.build().sorted().toArray();
    long[] ofLog = logNanos.build().sorted().toArray();
    if (ofBare.length > 0) {
      System.out.printf(
          "log / bare, in turn, %d bytes, %d of each: p10 %s, p50 %s, p90 %s%n",
          bytes,
          ofBare.length,
          ratio(ofLog, ofBare, 10),
          ratio(ofLog, ofBare, 50),
          ratio(ofLog, ofBare, 90));
    }
    bare.close();
    log.close();
    disk.close();
    scratch.close();
  }

  @Benchmark
  public long bare() throws IOException {
    position = position + bytes > BARE_BYTES ? 0 : position;
    bare.write(buffer.clear(), position);
    bare.force();
    position += bytes;
    return position;
  }

  /**
   * One of each, so that both have the same disk and the same neighbours; the ratios are printed at
   * the end of a fork, warm-up included.
   */
  @Benchmark
  public long inTurn() throws IOException {
    long start = System.nanoTime();
    long done = bare();
    long middle = System.nanoTime();
    done += log();
    bareNanos.add(middle - start);
    logNanos.add(System.nanoTime() - middle);
    return done;
  }

  private static String ratio(long[] log, long[] bare, int percent) {
    int at = bare.length * percent / 100;
    return "%.2f (%d / %d us)"
        .formatted((double) log[at] / bare[at], log[at] / 1000, bare[at] / 1000);
  }

  @Benchmark
  public long log() {
    long index = log.lastIndex() + 1;
    log.append(Logs.commands(++sequence, index, 1, payload));
    log.force();
    if (log.spareIsDue()) {
      log.prepareSpare();
    }
    if (index % INDEXES_A_DROP == 0) {
      log.dropPrefix(index);
    }
    return index;
  }
}
