package dev.rollcall.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.Configuration;
import dev.rollcall.raft.core.Member;
import dev.rollcall.raft.core.NodeId;
import dev.rollcall.raft.core.Outbound;
import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.raft.driver.Clock;
import dev.rollcall.raft.driver.RaftDriver;
import dev.rollcall.raft.driver.RaftNode;
import dev.rollcall.raft.driver.RaftNodeConfig;
import dev.rollcall.raft.driver.SnapshotMessage;
import dev.rollcall.raft.driver.Transport;
import dev.rollcall.raft.log.ClusterId;
import dev.rollcall.raft.log.HistoryId;
import dev.rollcall.raft.log.LogConfig;
import dev.rollcall.raft.log.LogIdentity;
import dev.rollcall.raft.log.SegmentedLog;
import dev.rollcall.raft.log.fake.MemoryDisk;
import dev.rollcall.server.replication.Result.Done;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.RegistryStore;
import dev.rollcall.store.fake.MemoryOrderedStore;
import dev.rollcall.store.watch.WatchHub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The room under real threads: those of the driver, one that ticks, and four that ask. */
class RegistryThreadsTest {
  /** A group of one sends nothing. */
  private static final Transport NOBODY =
      new Transport() {
        @Override
        public void send(List<Outbound> messages) {}

        @Override
        public void send(NodeId to, SnapshotMessage message) {}
      };

  private static final int ASKERS = 4;
  private static final int ROUNDS = 300;
  private static final long WAIT_NANOS = Duration.ofSeconds(60).toNanos();

  private final AtomicInteger answeredTwice = new AtomicInteger();
  private final CompletableFuture<Void> failed = new CompletableFuture<>();
  private final RegistryStore store = RegistryStore.open(new MemoryOrderedStore());
  private final Registry registry = compose();

  @Test
  void everyAnswerComesOnceWhoeverAsks() throws Exception {
    var driver = RaftDriver.start(registry.node(), failed::completeExceptionally);
    try (var ticks = Executors.newSingleThreadScheduledExecutor();
        var askers = Executors.newFixedThreadPool(ASKERS)) {
      var ticking = ticks.scheduleWithFixedDelay(registry::tick, 5, 5, TimeUnit.MILLISECONDS);
      var work = new ArrayList<Callable<Void>>();
      for (int asker = 0; asker < ASKERS; asker++) {
        int number = asker;
        work.add(() -> ask(number));
      }
      for (var done : askers.invokeAll(work)) {
        done.get();
      }
      assertThat(failed).isNotDone();
      assertThat(ticking.isDone()).as("ticking threw").isFalse();
      ticking.cancel(false);
    } finally {
      driver.close();
    }

    assertThat(answeredTwice).hasValue(0);
    assertThat(registry.requestsOpen()).isZero();
    assertThat(store.status().instances()).isEqualTo(ASKERS * ROUNDS);
  }

  private Void ask(int asker) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      var id = "i-" + asker + "-" + round;
      var registered = new Once<Outcome>();
      registry.submit(Requests.register(id), deadline(), registered);
      var lease = ((Outcome.Registered) registered.value()).leaseId();
      var renewed = new Once<List<Long>>();
      var read = new Once<ReadPoint>();
      registry.renew(List.of(lease), deadline(), renewed);
      registry.read(new Consistency.Linearizable(), deadline(), read);
      assertThat(renewed.value()).containsExactly(Requests.TTL.toMillis());
      assertThat(read.value().revision()).isPositive();
    }
    return null;
  }

  private static long deadline() {
    return Clock.SYSTEM.nanoTime() + WAIT_NANOS;
  }

  private Registry compose() {
    var id = new NodeId(1, 1);
    var log =
        SegmentedLog.create(
            new MemoryDisk(new Random(1)),
            new LogIdentity(new ClusterId(1, 2), new HistoryId(3, 4), id, 0),
            new LogConfig(1 << 20, 1 << 20),
            Configuration.ofVoters(List.of(new Member(id, "p", "c"))));
    return new Registry(
        store,
        new WatchHub(1_000, store),
        (leader, request, answer) -> {},
        Clock.SYSTEM,
        ReplicationLimits.DEFAULT,
        machine ->
            new RaftNode<>(
                new RaftNodeConfig(id, RaftConfig.DEFAULT, RaftNodeConfig.DEFAULT_TICK),
                log,
                machine,
                NOBODY,
                Clock.SYSTEM,
                new Random(2),
                event -> {}));
  }

  /** Waits for one result. */
  private final class Once<T> implements Consumer<Result<T>> {
    private final CompletableFuture<Result<T>> result = new CompletableFuture<>();

    @Override
    public void accept(Result<T> told) {
      if (!result.complete(told)) {
        answeredTwice.incrementAndGet();
      }
    }

    T value() throws Exception {
      return ((Done<T>) result.get(60, TimeUnit.SECONDS)).value();
    }
  }
}
