package dev.rollcall.server.metrics;

import dev.rollcall.raft.core.Role;
import dev.rollcall.raft.driver.RaftStatus;
import dev.rollcall.server.backup.SnapshotStreams;
import dev.rollcall.server.watch.WatchPump;
import dev.rollcall.store.GuardView;
import dev.rollcall.store.StoreStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The numbers of one node, as Prometheus reads them. */
public final class NodeMetrics implements AutoCloseable {
  private static final Path STATM = Path.of("/proc/self/statm");
  private static final int PAGE_BYTES = 4096;

  private static final Duration[] PROPAGATION_BUCKETS =
      Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /** Begins with the process itself. */
  public NodeMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    collections.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    if (Files.isReadable(STATM)) {
      Gauge.builder("process.memory.resident", NodeMetrics::residentBytes)
          .baseUnit("bytes")
          .description("Memory of the process in RAM, native parts included")
          .register(registry);
    }
  }

  /** Where further meters are kept. */
  public MeterRegistry registry() {
    return registry;
  }

  /** Everything, in Prometheus' text format. */
  public String scrape() {
    return registry.scrape();
  }

  /** Adds what a running node tells of its part in the group. */
  public void bindRaft(Supplier<RaftStatus> status) {
    gauge(status, "raft.term", "Current term", RaftStatus::term);
    gauge(status, "raft.leader", "1 on the leader", s -> s.role() == Role.LEADER ? 1 : 0);
    gauge(
        status,
        "raft.leader.known",
        "1 when a leader is known",
        s -> s.leader().isPresent() ? 1 : 0);
    gauge(
        status,
        "raft.commit.index",
        "Highest index known to be committed",
        RaftStatus::commitIndex);
    gauge(status, "raft.applied.index", "Highest index applied", RaftStatus::lastApplied);
    gauge(status, "raft.last.index", "Index of the last entry", RaftStatus::lastIndex);
    gauge(
        status,
        "raft.members",
        "Members of the configuration",
        s -> s.configuration().members().size());
  }

  /** Adds what the registry holds. */
  public void bindStore(Supplier<StoreStatus> status) {
    gauge(status, "registry.revision", "Revision of the last change", StoreStatus::revision);
    gauge(status, "registry.instances", "Instances registered", StoreStatus::instances);
    gauge(status, "registry.leases", "Leases held", StoreStatus::leases);
    gauge(status, "registry.sessions", "Client sessions open", StoreStatus::sessions);
  }

  /**
   * Adds how much of what happened is kept.
   *
   * @param bytes of its rows
   */
  public void bindChangeLog(Supplier<StoreStatus> status, LongSupplier bytes) {
    gauge(
        status,
        "change.log.revisions",
        "Revisions in the change log",
        s -> s.revision() - s.compactRevision() + 1);
    gauge(
        status,
        "change.log.compact.revision",
        "Lowest revision in the change log",
        StoreStatus::compactRevision);
    gauge(() -> bytes, "change.log.bytes", "Bytes of the change log", LongSupplier::getAsLong);
  }

  /** Adds the guards against mass expiry. */
  public void bindGuards(Supplier<GuardView> guards, IntSupplier lapsed) {
    gauge(guards, "leases.suspect", "Leases that lapsed and are kept", GuardView::suspects);
    gauge(guards, "guards.engaged", "Namespaces whose guard is engaged", GuardView::engaged);
    gauge(
        () -> lapsed,
        "leases.lapsed",
        "On the leader: leases that lapsed and are neither renewed nor on their way out",
        IntSupplier::getAsInt);
  }

  /** Adds watches. */
  public void bindWatches(WatchPump pump) {
    gauge(() -> pump, "watch.streams", "Watch streams open", WatchPump::streams);
    gauge(() -> pump, "watch.watches", "Watches on them", WatchPump::watches);
    counter(pump, "watch.messages", "Messages sent on watch streams", WatchPump::messagesSent);
    counter(
        pump,
        "watch.resets",
        "Snapshots sent in place of changes that a slow stream had missed",
        WatchPump::resets);
  }

  /** Adds snapshots that clients save. */
  public void bindSnapshots(SnapshotStreams snapshots) {
    gauge(() -> snapshots, "snapshots.saving", "Snapshots on their way", SnapshotStreams::open);
    counter(snapshots, "snapshots.saved", "Snapshots sent to their end", SnapshotStreams::served);
    counter(snapshots, "snapshots.saved.bytes", "Bytes sent of them", SnapshotStreams::bytesSent);
  }

  /**
   * Adds how long changes take from this node to the clients that acknowledge them; to be told in
   * nanoseconds.
   */
  public LongConsumer propagation() {
    var timer =
        Timer.builder("rollcall.watch.propagation")
            .description("From a change on this node until a watching client has applied it")
            .serviceLevelObjectives(PROPAGATION_BUCKETS)
            .register(registry);
    return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Adds a number that only grows. */
  public <T> void counter(T source, String name, String what, ToDoubleFunction<T> count) {
    FunctionCounter.builder("rollcall." + name, source, count).description(what).register(registry);
  }

  /** Adds a number of the present. */
  public <T> void gauge(Supplier<T> source, String name, String what, ToDoubleFunction<T> value) {
    Gauge.builder("rollcall." + name, () -> value.applyAsDouble(source.get()))
        .description(what)
        .register(registry);
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }

  private static double residentBytes() {
    try {
      return Long.parseLong(Files.readString(STATM).split(" ", 3)[1]) * (double) PAGE_BYTES;
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
