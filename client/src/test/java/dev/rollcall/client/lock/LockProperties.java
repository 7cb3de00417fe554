package dev.rollcall.client.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.TestClients;
import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.FakeNode;
import dev.rollcall.client.fake.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holders and faults at random: one holder at a time, and tokens that grow. */
class LockProperties {
  private static final int STEPS = 150;
  private static final Duration TTL = Duration.ofSeconds(5);

  /** Pinned ones, and a fresh one that its name in the report tells. */
  static List<Long> seeds() {
    return Stream.concat(
            LongStream.rangeClosed(1, 40).boxed(),
            Stream.of(ThreadLocalRandom.current().nextLong(1L << 40)))
        .toList();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void oneHoldsItAtATimeAndEveryLossIsTold(long seed) throws Exception {
    new World(seed).run();
  }

  /** A lock that was got, and what its holder heard. */
  private record Tenure(Lock.Held held, AtomicInteger losses, AtomicBoolean isClosed) {}

  private static final class World {
    private final Random random;
    private final VirtualLoop loop;
    private final FakeCluster cluster;
    private final List<RegistryClient> clients = new ArrayList<>();
    private final List<Tenure> tenures = new ArrayList<>();
    private long highestToken;

    World(long seed) {
      random = new Random(seed);
      loop = new VirtualLoop(seed);
      cluster = new FakeCluster(loop, 3);
      // Each client knows one node, so that a node cuts off one client.
      for (FakeNode node : cluster.nodes()) {
        clients.add(TestClients.of(loop, TestClients.builder(cluster).endpoints(node.address())));
      }
    }

    void run() throws InterruptedException {
      for (int i = 0; i < STEPS; i++) {
        step();
        check();
        Duration pause = Duration.ofMillis(random.nextInt(2_000));
        loop.runUntil(
            () -> {
              check();
              return false;
            },
            pause);
      }
      calmDown();
      clients.forEach(RegistryClient::close);
      cluster.stop();
    }

    private void step() throws InterruptedException {
      FakeNode node = cluster.node(random.nextInt(3));
      switch (random.nextInt(10)) {
        case 0 -> node.silent(true);
        case 1, 2 -> node.silent(false);
        case 3 -> node.hold(random.nextBoolean());
        case 4 -> cluster.quorum(random.nextInt(3) > 0);
        case 5 -> closeOne();
        case 6 -> revokeOne();
        default -> tryOne(clients.get(random.nextInt(3)));
      }
    }

    private void tryOne(RegistryClient client) throws InterruptedException {
      try {
        client
            .lock("x", TTL)
            .tryAcquire(Duration.ofSeconds(random.nextInt(3)))
            .ifPresent(held -> {
              var tenure = new Tenure(held, new AtomicInteger(), new AtomicBoolean());
              held.onLost(tenure.losses::incrementAndGet);
              tenures.add(tenure);
              assertThat(held.fencingToken()).isGreaterThan(highestToken);
              highestToken = held.fencingToken();
            });
      } catch (RegistryException unavailable) {
        assertThat(unavailable.executed()).isNotNull();
      }
    }

    private void closeOne() {
      if (!tenures.isEmpty()) {
        Tenure tenure = tenures.get(random.nextInt(tenures.size()));
        tenure.isClosed.set(true);
        tenure.held.close();
      }
    }

    /** The lease of one that waits, or of one that gave up without being able to say so. */
    private void revokeOne() {
      tenures.stream()
          .filter(it -> !it.held.isHeld())
          .map(it -> cluster.keys().all().get(it.held.key()))
          .filter(Objects::nonNull)
          .findFirst()
          .ifPresent(entry -> cluster.revoke(entry.getLeaseId()));
    }

    private void check() {
      assertThat(tenures.stream().filter(it -> it.held.isHeld()).count()).isLessThanOrEqualTo(1);
    }

    /** Every holder that did not give its lock back and does not have it any more was told so. */
    private void calmDown() throws InterruptedException {
      cluster.quorum(true);
      cluster
          .nodes()
          .forEach(node -> {
            node.silent(false);
            node.hold(false);
          });
      loop.runFor(TTL.multipliedBy(4));
      for (Tenure tenure : tenures) {
        boolean isLost = !tenure.held.isHeld() && !tenure.isClosed.get();
        assertThat(tenure.losses.get()).isLessThanOrEqualTo(1);
        assertThat(!isLost || tenure.losses.get() == 1).isTrue();
        tenure.held.close();
      }
      loop.runFor(TTL.multipliedBy(4));
      assertThat(cluster.keys().all()).isEmpty();
      assertThat(clients.get(0).lock("x", TTL).tryAcquire(Duration.ZERO)).isPresent();
    }
  }
}
