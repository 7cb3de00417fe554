package dev.rollcall.chaos.haproxy;

import dev.rollcall.chaos.haproxy.RequestLoad.Request;
import dev.rollcall.chaos.process.NodeCluster;
import dev.rollcall.chaos.process.Timing;
import dev.rollcall.client.RegistryClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Three nodes, HAProxy fed by {@code registryctl}, twenty instances behind it and a steady load.
 * Instances come, drain, die and change weight, and the nodes are killed one after the other. A
 * request may fail only at an instance that was killed less than TTL + 2 s before. One thread.
 */
public final class HaproxyDrillRun implements AutoCloseable {
  /** Of an instance. */
  public static final Duration TTL = Duration.ofSeconds(3);

  /** How long after a kill requests may still fail at that instance. */
  public static final Duration ALLOWED = TTL.plusSeconds(2);

  private static final int SHOPS = 20;
  private static final int WEIGHT_MAX = 300;
  private static final Duration BETWEEN_EVENTS = Duration.ofMillis(1_500);
  private static final Duration BETWEEN_KILLS = Duration.ofSeconds(12);
  private static final Duration NODE_DOWN = Duration.ofSeconds(3);

  /** A drained instance stays so long, as its deployment would let it. */
  private static final Duration DRAINED = Duration.ofSeconds(3);

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

  private final Path directory;
  private final int perSecond;
  private final RandomGenerator random;
  private final NodeCluster cluster;
  private final RegistryClient registry;
  private final ExecutorService lives = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Shop> everyShop = new ConcurrentHashMap<>();
  private final Map<String, Integer> events = new TreeMap<>();
  private final List<Shop> open = new ArrayList<>();
  private final List<CompletableFuture<Void>> leaving = new ArrayList<>();
  private long loadNanos;
  private int nextShop;

  /**
   * Sets it up below this directory, which should be empty.
   *
   * @param perSecond requests
   * @param seed draws what happens; processes have a pace of their own
   */
  public HaproxyDrillRun(Path directory, int perSecond, long seed) throws IOException {
    this.directory = directory;
    this.perSecond = perSecond;
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    cluster = NodeCluster.direct(directory, 3);
    registry = cluster.client(cluster.nodes(), CALL_TIMEOUT);
  }

  /**
   * Runs.
   *
   * @param told hears of each event, in one line
   * @throws dev.rollcall.chaos.process.ChaosFailure when something does not come about at all
   */
  public DrillReport run(Duration length, Consumer<String> told) throws IOException {
    cluster.startAll();
    cluster.awaitServing();
    cluster.awaitLeader(cluster.nodes());
    try (DrillBalancer balancer = DrillBalancer.start(directory, cluster, Shop.SERVICE)) {
      while (open.size() < SHOPS) {
        come();
      }
      balancer.awaitServers(servers -> DrillBalancer.ready(servers) == SHOPS);
      told.accept("HAProxy has " + SHOPS + " servers; the load begins");
      String process = balancer.process();
      loadNanos = System.nanoTime();
      try (var load = new RequestLoad(balancer.address(), perSecond)) {
        change(length, balancer, told);
        CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new)).join();
        balancer.awaitServers(
            servers -> DrillBalancer.ready(servers) == SHOPS && servers.size() == SHOPS);
        return report(
            load.finish(), balancer.changes(), balancer.process().equals(process) ? 0 : 1);
      }
    }
  }

  private void change(Duration length, DrillBalancer balancer, Consumer<String> told)
      throws IOException {
    long start = System.nanoTime();
    Duration due = BETWEEN_EVENTS;
    int victim = 0;
    boolean isDown = false;
    while (Timing.since(start).compareTo(length) < 0) {
      balancer.requireAlive();
      if (Timing.since(start).compareTo(due) > 0) {
        if (isDown) {
          cluster.start(victim);
          victim = (victim + 1) % cluster.size();
        } else {
          cluster.awaitServing();
          cluster.kill(victim);
          count("registry nodes killed");
          told.accept("kill -9 of registry node " + victim);
        }
        isDown = !isDown;
        due = Timing.since(start).plus(isDown ? NODE_DOWN : BETWEEN_KILLS);
      }
      told.accept(oneEvent());
      Timing.pass(BETWEEN_EVENTS);
    }
  }

  /** Something happens to one of those that are open; who goes is followed by a new one. */
  private String oneEvent() throws IOException {
    Shop shop = open.get(random.nextInt(open.size()));
    return switch (random.nextInt(3)) {
      case 0 -> weigh(shop);
      case 1 -> drain(shop);
      default -> kill(shop);
    };
  }

  private String weigh(Shop shop) {
    int weight = 1 + random.nextInt(WEIGHT_MAX);
    shop.weigh(weight);
    count("weights changed");
    return shop.id() + " weighs " + weight;
  }

  private String drain(Shop shop) throws IOException {
    shop.drain();
    open.remove(shop);
    leaving.add(
        CompletableFuture.runAsync(
            () -> {
              Timing.pass(DRAINED);
              shop.leave();
            },
            lives));
    count("instances drained");
    return shop.id() + " drains, " + come() + " comes";
  }

  private String kill(Shop shop) throws IOException {
    shop.die();
    open.remove(shop);
    count("instances killed");
    return shop.id() + " dies, " + come() + " comes";
  }

  private String come() throws IOException {
    var shop = new Shop("shop-" + nextShop++, registry, 1 + random.nextInt(WEIGHT_MAX), TTL);
    everyShop.put("rc:" + shop.id(), shop);
    open.add(shop);
    count("instances come");
    return shop.id();
  }

  private void count(String event) {
    events.merge(event, 1, Integer::sum);
  }

  private DrillReport report(List<Request> requests, long changes, int reloads) {
    var failures = new ArrayList<Request>();
    var afterKill = new ArrayList<Duration>();
    for (Request request : requests) {
      if (request.isFailed()) {
        afterKill(request)
            .filter(it -> it.compareTo(ALLOWED) <= 0)
            .ifPresentOrElse(afterKill::add, () -> failures.add(request));
      }
    }
    return new DrillReport(
        requests,
        afterKill.size(),
        failures,
        afterKill.stream().max(Duration::compareTo),
        everyShop.values().stream()
            .filter(it -> it.registeredNanos() > loadNanos) // the others had to wait for the load
            .flatMap(it -> it.toFirstRequest().stream())
            .toList(),
        everyShop.values().stream().flatMap(it -> it.requestsAfterDrain().stream()).toList(),
        new TreeMap<>(events),
        changes,
        reloads,
        (int) everyShop.values().stream().filter(Shop::isLeaseLost).count());
  }

  /** How long before the request its instance was killed, also if that was during it. */
  private Optional<Duration> afterKill(Request request) {
    Shop shop = everyShop.get(request.server());
    if (shop == null || shop.killedNanos() == 0) {
      return Optional.empty();
    }
    long nanos = request.startNanos() - shop.killedNanos();
    return nanos + request.took().toNanos() < 0
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.max(0, nanos)));
  }

  @Override
  public void close() {
    lives.shutdownNow();
    open.forEach(Shop::close);
    registry.close();
    cluster.close();
  }
}
