package dev.rollcall.chaos.process;

import dev.rollcall.chaos.process.SilentInstances.Silence;
import dev.rollcall.client.RegistryClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Three processes under faults, and clients that keep instances alive all the time: none of those
 * may be removed within its TTL of an acknowledged keepalive. A few others fall silent on purpose,
 * and must go. Both are seen from outside: keepalives between the clients and the wire, removals by
 * a watch at each node. One thread.
 */
public final class KeepAliveRun implements AutoCloseable {
  private static final int MEMBERS = 3;
  private static final int SILENT = 3;

  private final Plan plan;
  private final Random random;
  private final NodeCluster cluster;
  private final LeaseLedger ledger = new LeaseLedger();
  private final List<RegistryClient> watchers = new ArrayList<>();

  /**
   * What to do.
   *
   * @param instances that are kept alive
   * @param ttl of all leases
   * @param pause how long a node is stopped
   * @param seed draws the faults
   */
  public record Plan(int instances, Duration ttl, Duration pause, long seed) {
    /** What was promised. */
    public static Plan of(long seed) {
      return new Plan(200, Duration.ofSeconds(3), Duration.ofSeconds(10), seed);
    }
  }

  /**
   * What it came to.
   *
   * @param falseRemovals within the TTL of an acknowledged keepalive; none is allowed
   * @param lapsed removals of kept instances whose clients had been out of reach for the TTL
   * @param unseen kept instances that have another lease than at first though no watch saw them go;
   *     none is allowed
   * @param longestGap between two acknowledged keepalives of a kept lease
   */
  record Result(
      KeepAliveFaults.Count faults,
      long renewals,
      LeaseLedger.Gap longestGap,
      List<String> falseRemovals,
      List<String> lapsed,
      List<String> unseen,
      List<Silence> silences) {
    boolean isKept() {
      return falseRemovals.isEmpty() && unseen.isEmpty();
    }
  }

  /** Sets a cluster up below this directory, which should be empty. */
  public KeepAliveRun(Plan plan, Path directory) throws IOException {
    this.plan = plan;
    this.random = new Random(plan.seed());
    this.cluster = NodeCluster.withNetwork(directory, MEMBERS);
  }

  /**
   * Lets faults happen for this long, the last one to its end.
   *
   * @param told hears of each fault, in one line
   * @throws ChaosFailure when something else does not go on as it must
   */
  Result run(Duration length, Consumer<String> told) throws InterruptedException {
    return run(
        faults -> {
          long end = System.nanoTime() + length.toNanos();
          while (System.nanoTime() - end < 0) {
            faults.next();
          }
        },
        told);
  }

  /** Lets these faults happen, in this order. */
  Result run(List<KeepAliveFaults.Kind> kinds, Consumer<String> told) throws InterruptedException {
    return run(faults -> kinds.forEach(faults::strike), told);
  }

  private Result run(Consumer<KeepAliveFaults> schedule, Consumer<String> told)
      throws InterruptedException {
    cluster.startAll();
    cluster.awaitServing();
    var faults = new KeepAliveFaults(cluster, ledger, random, plan.pause(), told);
    try (var kept = new KeptInstances(cluster, ledger, plan.instances(), plan.ttl())) {
      watch();
      Map<String, Long> before = kept.leases();
      var silent =
          new SilentInstances(
              cluster, ledger, faults::turns, plan.ttl(), random.longs(SILENT).toArray());
      schedule.accept(faults);
      List<Silence> silences = silent.finish();
      // Whoever were removed wrongly by the last fault would be by now.
      Timing.pass(plan.ttl());
      List<String> unseen = changed(before, kept.leases());
      // Closing takes the instances away, which is not to be seen.
      watchers.forEach(RegistryClient::close);
      return new Result(
          faults.count(),
          ledger.renewals(),
          ledger.longestGap(),
          ledger.falseRemovals(),
          ledger.lapsed(),
          unseen,
          silences);
    }
  }

  /** Kills the nodes. The directory stays. */
  @Override
  public void close() {
    watchers.forEach(RegistryClient::close);
    cluster.close();
  }

  private void watch() throws InterruptedException {
    List<String> services = new ArrayList<>(KeptInstances.services(plan.instances()));
    services.add(SilentInstances.SERVICE);
    for (int node : cluster.nodes()) {
      RegistryClient watcher = cluster.client(List.of(node), new WatchTap(ledger));
      watchers.add(watcher);
      for (String service : services) {
        if (!watcher.cache(service).awaitReady(NodeCluster.PATIENCE)) {
          throw new ChaosFailure("node %d shows nothing of %s".formatted(node, service));
        }
      }
    }
  }

  /** Those that went and came back without a watch that showed it. */
  private List<String> changed(Map<String, Long> before, Map<String, Long> after) {
    return before.entrySet().stream()
        .filter(entry -> !Objects.equals(entry.getValue(), after.get(entry.getKey())))
        .filter(entry -> !ledger.isRemoved(entry.getValue()))
        .map(entry ->
            "%s: lease %d is not there any more".formatted(entry.getKey(), entry.getValue()))
        .toList();
  }
}
