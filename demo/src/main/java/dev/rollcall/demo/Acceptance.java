package dev.rollcall.demo;

import dev.rollcall.client.NodeStatus;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.cache.ServiceCache;
import dev.rollcall.client.registration.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The unattended run: what a newcomer would try first, with the figures it must reach. */
final class Acceptance {
  private static final int LEADER_KILLS = 5;
  private static final long CALLS_MIN = 1_000;
  private static final long CALLS_AROUND_A_KILL_MIN = 300;
  private static final Duration AROUND_A_KILL = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PROBE = "probe";

  private final Stage stage;
  private final Report report;

  /** Instances that the cache was told are gone; guarded by itself. */
  private final List<String> removed = new ArrayList<>();

  Acceptance(Stage stage, Report report) {
    this.stage = stage;
    this.report = report;
  }

  void run() {
    elect();
    register();
    call();
    killAService();
    killLeaders();
    compareNodes();
  }

  private void elect() {
    report.say("three nodes start");
    long start = System.nanoTime();
    stage.startNodes();
    boolean hasLeader =
        Await.that(PATIENCE, () -> stage.cluster().leader(stage.client()).isPresent());
    require(hasLeader, "no leader within " + PATIENCE.toSeconds() + " s");
    report.time("first start to a leader", secondsSince(start), 15);
  }

  private void register() {
    report.say("three services register themselves, TTL " + Stage.TTL.toSeconds() + " s");
    long start = System.nanoTime();
    for (int service = 0; service < Stage.SERVICES; service++) {
      stage.startService(service);
    }
    awaitAll();
    report.time("their start to all three in the cache", secondsSince(start), 15);
    stage
        .traffic()
        .cache()
        .addListener(change -> {
          synchronized (removed) {
            change.removed().forEach(instance -> removed.add(instance.id()));
          }
        });
  }

  private void call() {
    report.say("calls go to whom the cache shows");
    stage.traffic().start();
    boolean done = Await.that(PATIENCE, () -> stage.traffic().total() >= CALLS_MIN);
    require(done, "calls do not get through");
    report.atLeast("HTTP calls", stage.traffic().total(), CALLS_MIN);
    report.none("of them failed", stage.traffic().failed());
    long fewest = Collections.min(stage.traffic().byInstance().values());
    report.atLeast("instances that answered", stage.traffic().byInstance().size(), Stage.SERVICES);
    report.atLeast("calls to the one called least", fewest, CALLS_MIN / Stage.SERVICES / 2);
  }

  private void killAService() {
    String victim = Stage.instanceId(0);
    report.say("kill -9 of " + victim);
    long kill = System.nanoTime();
    stage.killService(0);
    boolean gone = Await.that(PATIENCE, () -> !ids().contains(victim));
    require(gone, victim + " was never removed");
    report.time("kill to removal", secondsSince(kill), Stage.TTL.toMillis() / 1000.0 + 2);
    long removal = System.nanoTime();
    Await.pause(AROUND_A_KILL);
    report.none("calls failed after the removal", failures(removal));
    stage.startService(0);
    awaitAll();
  }

  private void killLeaders() {
    var seconds = new ArrayList<Double>();
    ServiceCache probes = stage.client().cache(PROBE);
    for (int round = 1; round <= LEADER_KILLS; round++) {
      seconds.add(killTheLeader(round, probes));
    }
    Collections.sort(seconds);
    report.time(
        "median, kill to the next acknowledged registration", seconds.get(LEADER_KILLS / 2), 2);
  }

  private double killTheLeader(int round, ServiceCache probes) {
    int leader =
        Await.answer(PATIENCE, () -> stage.cluster().leader(stage.client()))
            .orElseThrow(() -> new Report.Failed("no leader to kill"));
    report.say("kill -9 of the leader, node " + (leader + 1) + ", " + round + " of 5");
    synchronized (removed) {
      removed.clear();
    }
    long kill = System.nanoTime();
    stage.cluster().kill(leader);
    var instance =
        ServiceInstance.builder(PROBE)
            .id(PROBE + "-" + round)
            .endpoint("http", "http", "127.0.0.1", 1)
            .build();
    double seconds;
    try (Registration registration = stage.client().register(instance, Stage.TTL)) {
      require(isRegistered(registration), "no registration after the leader's death");
      seconds = secondsSince(kill);
      report.say(String.format("  next acknowledged registration after %.2f s", seconds));
      long acknowledged = System.nanoTime();
      boolean seen = Await.that(PATIENCE, () -> idsIn(probes).contains(instance.id()));
      require(seen, "the new registration never came to the cache");
      report.time("its acknowledgement to the cache", secondsSince(acknowledged), 1);
      pauseUntil(kill, AROUND_A_KILL);
      List<Traffic.Call> calls = stage.traffic().since(kill);
      report.atLeast("calls from the kill until 3 s after", calls.size(), CALLS_AROUND_A_KILL_MIN);
      report.none("of them failed", calls.stream().filter(call -> !call.ok()).count());
      stage.cluster().start(leader);
      pauseUntil(kill, Stage.TTL.multipliedBy(2));
    }
    synchronized (removed) {
      report.none("live instances removed within 2 x TTL", removed.size());
    }
    awaitAll();
    return seconds;
  }

  private static boolean isRegistered(Registration registration) {
    try {
      return registration.awaitRegistered(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void compareNodes() {
    report.say("all nodes are back");
    boolean equal = Await.that(PATIENCE, () -> states().size() == 1);
    report.holds(
        "same revision and digest at the same applied index",
        equal,
        equal ? states().iterator().next() : states().toString());
  }

  /**
   * What the nodes show of themselves; one text when all agree, a text of its own for one that is
   * silent.
   */
  private Set<String> states() {
    var states = new TreeSet<String>();
    for (int node = 0; node < DemoCluster.NODES; node++) {
      states.add(
          stage
              .cluster()
              .status(stage.client(), node)
              .map(Acceptance::describe)
              .orElse("node " + (node + 1) + " is silent"));
    }
    return states;
  }

  private static String describe(NodeStatus status) {
    return String.format(
        "index %d rev %d %s",
        status.appliedIndex(), status.revision(), status.stateDigest().substring(0, 12));
  }

  private void awaitAll() {
    boolean all = Await.that(PATIENCE, () -> ids().size() == Stage.SERVICES);
    require(all, "only " + ids() + " registered within " + PATIENCE.toSeconds() + " s");
  }

  private Set<String> ids() {
    return idsIn(stage.traffic().cache());
  }

  private static Set<String> idsIn(ServiceCache cache) {
    return cache.instances().stream().map(ServiceInstance::id).collect(Collectors.toSet());
  }

  private long failures(long sinceNanos) {
    return stage.traffic().since(sinceNanos).stream().filter(call -> !call.ok()).count();
  }

  private static void pauseUntil(long startNanos, Duration length) {
    Await.pause(length.minusNanos(System.nanoTime() - startNanos));
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new Report.Failed(message);
    }
  }
}
