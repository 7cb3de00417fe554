package dev.rollcall.client.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.TestClients;
import dev.rollcall.client.fake.FakeCluster;
import dev.rollcall.client.fake.FakeNode;
import dev.rollcall.client.fake.FakeWatchStream;
import dev.rollcall.client.fake.VirtualLoop;
import dev.rollcall.v1.Endpoint;
import dev.rollcall.v1.ErrorReason;
import dev.rollcall.v1.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes and faults at random; what a cache promises holds at every step. */
class ServiceCacheProperties {
  private static final int STEPS = 400;

  /** Pinned ones, and a fresh one that its name in the report tells. */
  static List<Long> seeds() {
    return Stream.concat(
            LongStream.rangeClosed(1, 40).boxed(),
            Stream.of(ThreadLocalRandom.current().nextLong(1L << 40)))
        .toList();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void convergesNeverGoesBackAndNeverEmptiesWhileDegraded(long seed) throws Exception {
    new World(seed).run();
  }

  private static final class World {
    private final Random random;
    private final VirtualLoop loop;
    private final FakeCluster cluster;
    private final RegistryClient client;
    private final ServiceCache cache;
    private final Map<String, Long> listened = new TreeMap<>();
    private long incarnation;
    private CacheView seen;
    private boolean wasRestored;

    World(long seed) {
      random = new Random(seed);
      loop = new VirtualLoop(seed);
      cluster = new FakeCluster(loop, 3);
      client = TestClients.of(loop, cluster);
      cache = client.cache("orders");
      cache.addListener(this::listen);
      seen = cache.view();
    }

    void run() throws Exception {
      for (int i = 0; i < STEPS; i++) {
        step();
        loop.runFor(Duration.ofMillis(random.nextInt(random.nextInt(8) == 0 ? 8_000 : 200)));
        check();
      }
      heal();
      assertThat(described(cache.instances())).isEqualTo(truth());
      assertThat(listened).isEqualTo(truth());
      assertThat(cache.state()).isEqualTo(new CacheState.Live());
      client.close();
      cluster.stop();
    }

    private void heal() {
      for (FakeNode node : cluster.nodes()) {
        node.silent(false);
        node.hold(false);
        node.stale(false);
        each(node, it -> it.loseDeltas(0));
        if (!node.isUp()) {
          node.start();
        }
      }
      loop.runFor(Duration.ofMinutes(2));
      // A lost delta is noticed with the next one.
      put();
      loop.runFor(Duration.ofMinutes(1));
      check();
    }

    private void step() {
      FakeNode node = cluster.node(random.nextInt(3));
      switch (random.nextInt(24)) {
        case 0 -> node.kill();
        case 1, 2, 3 -> {
          if (!node.isUp()) {
            node.start();
          }
        }
        case 4 -> node.hold(true);
        case 5, 6 -> node.hold(false);
        case 7 -> node.stale(true);
        case 8, 9 -> node.stale(false);
        case 10 -> node.silent(random.nextInt(3) == 0);
        case 11 -> each(node, it -> it.loseDeltas(1));
        case 12 -> each(node, FakeWatchStream::reset);
        case 13 -> each(node, FakeWatchStream::breakOff);
        case 14 -> each(node, it -> it.cancelAll(ErrorReason.NOT_READY));
        case 15 -> each(node, it -> it.partSize(1 + random.nextInt(3)));
        case 16 -> each(node, FakeWatchStream::progress);
        case 17 -> {
          if (random.nextInt(10) == 0) {
            cluster.restore(random.nextInt(4));
            wasRestored = true;
          }
        }
        case 18, 19 -> remove();
        default -> put();
      }
    }

    private static void each(FakeNode node, Consumer<FakeWatchStream> action) {
      List.copyOf(node.watchStreams()).forEach(action);
    }

    private void put() {
      cluster.put(
          Instance.newBuilder()
              .setNamespace("default")
              .setService("orders")
              .setInstanceId("i-" + random.nextInt(6))
              .setIncarnation(++incarnation)
              .addEndpoints(Endpoint.newBuilder().setHost("h").setPort(1))
              .build());
    }

    private void remove() {
      List<Instance> all = cluster.instances("orders");
      if (!all.isEmpty()) {
        cluster.remove("orders", all.get(random.nextInt(all.size())).getInstanceId(), 0);
      }
    }

    private void check() {
      CacheView now = cache.view();
      if (!wasRestored) {
        assertThat(now.revision()).isGreaterThanOrEqualTo(seen.revision());
        assertThat(now.revision()).isLessThanOrEqualTo(cluster.revision());
      }
      if (now.instances().isEmpty() && !seen.instances().isEmpty()) {
        assertThat(now.state()).isInstanceOf(CacheState.Live.class);
      }
      if (seen.revision() > 0) {
        assertThat(now.state()).isNotInstanceOf(CacheState.Empty.class);
      }
      seen = now;
    }

    private void listen(CacheChange change) {
      change.added().forEach(it -> assertThat(listened.put(it.id(), incarnation(it))).isNull());
      change
          .updated()
          .forEach(it -> assertThat(listened.put(it.id(), incarnation(it))).isNotNull());
      change.removed().forEach(it -> assertThat(listened.remove(it.id())).isNotNull());
      assertThat(listened).isEqualTo(described(change.instances()));
    }

    private static long incarnation(ServiceInstance instance) {
      return instance.registered().incarnation();
    }

    private static Map<String, Long> described(List<ServiceInstance> instances) {
      Map<String, Long> described = new TreeMap<>();
      instances.forEach(it -> described.put(it.id(), incarnation(it)));
      return described;
    }

    private Map<String, Long> truth() {
      Map<String, Long> truth = new TreeMap<>();
      cluster.instances("orders").forEach(it -> truth.put(it.getInstanceId(), it.getIncarnation()));
      return truth;
    }
  }
}
