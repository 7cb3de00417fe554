package dev.rollcall.chaos.process;

import dev.rollcall.client.NodeStatus;
import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.cache.CacheView;
import dev.rollcall.client.cache.ServiceCache;
import dev.rollcall.client.keys.Value;
import dev.rollcall.client.registration.Registration;
import dev.rollcall.client.snapshot.SavedSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The drill that an operator should hold now and then: a backup of three loaded nodes, all of their
 * disks lost, the backup restored on one, the two others let in. What was acknowledged before the
 * backup must be there on each, revisions must go on behind those that clients saw, and a program
 * that keeps instances alive and caches a service must find its way by itself. One thread.
 */
public final class RestoreDrillRun implements AutoCloseable {
  private static final int MEMBERS = 3;
  private static final int RESTORED = 1;
  private static final String SERVICE = "drill";
  private static final Duration TTL = Duration.ofSeconds(10);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);

  private final NodeCluster cluster;
  private final Path backup;
  private final Ledger ledger = new Ledger();
  private final int clients;
  private final int acknowledged;

  /**
   * What it came to.
   *
   * @param lastRevision that a client saw of the lost history
   * @param agreement of the three nodes in the end
   */
  public record Result(
      SavedSnapshot saved, long lastRevision, NodeCluster.Agreement agreement, Duration took) {}

  /**
   * Sets a cluster up below this directory, which should be empty.
   *
   * @param clients that register at the same time
   * @param acknowledged registrations before the backup, and again during it and afterwards
   */
  public RestoreDrillRun(Path directory, int clients, int acknowledged) throws IOException {
    this.cluster = NodeCluster.withSpares(directory, MEMBERS, 0);
    this.backup = directory.resolve("backup");
    this.clients = clients;
    this.acknowledged = acknowledged;
  }

  /**
   * Runs.
   *
   * @param told hears of each step, in one line
   * @throws ChaosFailure at the first thing that is not as promised
   */
  public Result run(Consumer<String> told) throws IOException, InterruptedException {
    cluster.startAll();
    cluster.awaitServing();
    cluster.awaitLeader(cluster.nodes());
    try (RegistryClient program = cluster.client(cluster.nodes(), CALL_TIMEOUT)) {
      return run(program, told);
    }
  }

  private Result run(RegistryClient program, Consumer<String> told)
      throws IOException, InterruptedException {
    program.keys().put("drill/key", Value.of("before"));
    Registration before = keep(program, "before");
    ServiceCache cache = program.cache(SERVICE);
    require(cache.awaitReady(NodeCluster.PATIENCE), "the cache is not ready");
    long mustBeThere = load("before");
    NodeStatus saw = cluster.status(0);

    SavedSnapshot saved = save(program);
    told.accept("saved " + saved);
    // None of this is in the backup: what is kept alive must come back, the rest is lost.
    Registration after = keep(program, "after");
    program.registerOnce(instance("lost"), Duration.ofHours(1));
    program.keys().put("drill/key", Value.of("after"));
    awaitView(cache, view -> ids(view).equals(List.of("after", "before", "lost")));
    long lastRevision = cluster.status(cluster.awaitLeader(cluster.nodes())).revision();

    long start = System.nanoTime();
    cluster.destroyAll();
    told.accept(cluster.restore(RESTORED, backup).strip());
    cluster.start(RESTORED);
    cluster.awaitServing();
    for (int node : cluster.others(RESTORED)) {
      letIn(node);
    }
    Duration took = Timing.since(start);

    awaitView(
        cache,
        view ->
            view.state().isLive()
                && view.revision() > lastRevision
                && ids(view).equals(List.of("after", "before")));
    require(before.awaitRegistered(NodeCluster.PATIENCE), "what was in the backup is not kept");
    require(after.awaitRegistered(NodeCluster.PATIENCE), "what came after the backup is not back");
    NodeCluster.Agreement agreement = cluster.awaitAgreement();
    for (int node : cluster.nodes()) {
      requireRestored(node, saw, lastRevision, mustBeThere);
    }
    return new Result(saved, lastRevision, agreement, took);
  }

  /** Kills the nodes. The directory stays. */
  @Override
  public void close() {
    cluster.close();
  }

  /** Registrations of which each is acknowledged; how many there are in all. */
  private long load(String name) {
    var load = Load.start(cluster, ledger, name, clients);
    load.awaitAcknowledged(acknowledged);
    load.finish();
    return ledger.size();
  }

  /** A snapshot under load: what is acknowledged meanwhile may be in it or not. */
  private SavedSnapshot save(RegistryClient program) throws IOException {
    var load = Load.start(cluster, new Ledger(), "during", clients);
    SavedSnapshot saved = program.saveSnapshot(backup, false, progress -> {});
    load.awaitAcknowledged(acknowledged);
    load.finish();
    require(load.unavailable() == 0, load.unavailable() + " requests failed during the backup");
    return saved;
  }

  private void letIn(int node) {
    cluster.startJoining(node, RESTORED);
    long deadline = System.nanoTime() + NodeCluster.PATIENCE.toNanos();
    while (true) {
      try {
        cluster.observer(RESTORED).membership().add(cluster.peerAddress(node));
        cluster.awaitServing();
        return;
      } catch (RegistryException.Refused e) {
        // A node that was just started takes a moment to listen.
        if (e.reason() != Reason.MEMBER_UNREACHABLE || System.nanoTime() - deadline > 0) {
          throw new ChaosFailure("node %d was not let in: %s".formatted(node, e.getMessage()), e);
        }
      }
    }
  }

  private void requireRestored(int node, NodeStatus saw, long lastRevision, long mustBeThere) {
    NodeStatus status = cluster.status(node);
    require(status.clusterId().equals(saw.clusterId()), "another cluster at node " + node);
    require(!status.historyId().equals(saw.historyId()), "the old history at node " + node);
    require(
        status.revision() > lastRevision,
        "revision %d at node %d, but clients saw %d"
            .formatted(status.revision(), node, lastRevision));
    RegistryClient observer = cluster.observer(node);
    require(
        observer.keys().get("drill/key").orElseThrow().value().equals(Value.of("before")),
        "the key at node " + node);
    require(ledger.size() == mustBeThere, "the ledger changed");
    List<Ledger.Entry> lost =
        ledger.lost(service -> observer.resolve(service).instances(), entry -> true);
    require(lost.isEmpty(), lost.size() + " registrations of the backup are LOST at node " + node);
  }

  private static Registration keep(RegistryClient program, String id) throws InterruptedException {
    Registration registration = program.register(instance(id), TTL);
    require(registration.awaitRegistered(NodeCluster.PATIENCE), id + " is not registered");
    return registration;
  }

  private static ServiceInstance instance(String id) {
    return ServiceInstance.builder(SERVICE)
        .id(id)
        .endpoint("http", "http", "127.0.0.1", 8080)
        .build();
  }

  private static List<String> ids(CacheView view) {
    return view.instances().stream().map(ServiceInstance::id).toList();
  }

  private static void awaitView(ServiceCache cache, Predicate<CacheView> wanted)
      throws InterruptedException {
    var reached = new CountDownLatch(1);
    Runnable look =
        () -> {
          if (wanted.test(cache.view())) {
            reached.countDown();
          }
        };
    cache.addListener(change -> look.run());
    cache.onStateChange(state -> look.run());
    look.run();
    boolean isReached = reached.await(NodeCluster.PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    require(isReached || wanted.test(cache.view()), "the cache stays at " + cache.view());
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new ChaosFailure(otherwise);
    }
  }
}
