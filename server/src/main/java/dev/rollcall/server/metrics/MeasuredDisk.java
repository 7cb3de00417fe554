package dev.rollcall.server.metrics;

import dev.rollcall.raft.log.Disk;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/**
 * A disk that measures how long it takes to make bytes durable: the first number to look at when
 * writes are slow.
 */
public final class MeasuredDisk implements Disk {
  private final Disk beneath;
  private final Timer forces;

  /** Measures the disk beneath. */
  public MeasuredDisk(Disk beneath, MeterRegistry registry) {
    this.beneath = beneath;
    forces =
        Timer.builder("rollcall.log.force")
            .description("Time to make a batch of the log durable")
            .serviceLevelObjectives(
                Duration.ofNanos(250_000),
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofMillis(5),
                Duration.ofMillis(10),
                Duration.ofMillis(25),
                Duration.ofMillis(100),
                Duration.ofSeconds(1))
            .register(registry);
  }

  @Override
  public String path(String name) {
    return beneath.path(name);
  }

  @Override
  public List<String> list() throws IOException {
    return beneath.list();
  }

  @Override
  public DiskFile create(String name, long sizeBytes) throws IOException {
    return new MeasuredFile(beneath.create(name, sizeBytes), forces);
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return new MeasuredFile(beneath.open(name), forces);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    beneath.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    beneath.delete(name);
  }

  @Override
  public void forceDirectory() throws IOException {
    beneath.forceDirectory();
  }

  private record MeasuredFile(DiskFile beneath, Timer forces) implements DiskFile {
    @Override
    public long sizeBytes() throws IOException {
      return beneath.sizeBytes();
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      return beneath.read(into, position);
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      beneath.write(from, position);
    }

    @Override
    public void force() throws IOException {
      Timer.Sample sample = Timer.start();
      beneath.force();
      sample.stop(forces);
    }

    @Override
    public void close() throws IOException {
      beneath.close();
    }
  }
}
