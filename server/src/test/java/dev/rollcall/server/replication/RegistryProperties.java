package dev.rollcall.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.raft.core.RaftConfig;
import dev.rollcall.server.replication.Result.Done;
import dev.rollcall.server.replication.Result.Failed;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.StoreStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A cluster among random faults: nodes cut off, put to sleep (whole, or the apply thread alone) and
 * restarted, forwarded requests and answers lost. Every answer comes once and in time, and means
 * what it says; nobody leaves early, and in the end everybody does.
 */
class RegistryProperties {
  private static final int RUNS = 6;
  private static final Duration LIFE = Duration.ofSeconds(60);
  private static final Duration SILENCE = Duration.ofSeconds(45);

  /** So tight that in every life some guard engages. */
  private static final GuardLimits GUARD =
      new GuardLimits(Duration.ofSeconds(5), 3, 15, 1, Duration.ofSeconds(5));

  private static final long LATE_NANOS_MAX = Duration.ofMillis(40).toNanos();

  @Test
  void everyAnswerComesOnceAndMeansWhatItSays() {
    long seed = Long.getLong("rollcall.seed", System.nanoTime());
    for (int run = 0; run < RUNS; run++) {
      try {
        new Life(seed + run).live();
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError("seed " + (seed + run), failure);
      }
    }
  }

  private static final class Life {
    private final Random random;
    private final HandCluster cluster;
    private final List<Asked<?>> open = new ArrayList<>();
    private final Map<Long, Lease> leases = new HashMap<>();
    private final Map<HandNode, StoreStatus> seen = new HashMap<>();
    private final Set<String> neverExecuted = new TreeSet<>();
    private long steps;
    private long instances;
    private long revisionAcknowledged;
    private int sessionsOpened;
    private int sessionsUnknown;

    private Life(long seed) {
      random = new Random(seed);
      cluster =
          new HandCluster(
              3, random.nextLong(), ReplicationLimits.DEFAULT.withGuard(GUARD), RaftConfig.DEFAULT);
      cluster.linkLoses = message -> random.nextInt(10) == 0;
    }

    /** A lease that a client knows. */
    private static final class Lease {
      private final long revision;
      private final long ttlMillis;
      // The last moment at which it was asked to be kept and the answer was yes.
      private long aliveMillis;
      private long removedMillis = Long.MAX_VALUE;

      private Lease(Outcome.Registered registered, long aliveMillis) {
        revision = registered.revision();
        ttlMillis = registered.ttlMillis();
        this.aliveMillis = aliveMillis;
      }

      private void assertNotEarly(long id) {
        assertThat(removedMillis)
            .as("removal of %d", id)
            .isGreaterThanOrEqualTo(aliveMillis + ttlMillis);
      }
    }

    private record Asked<T>(
        HandNode node,
        Registry registry,
        long deadlineNanos,
        Heard<T> heard,
        Consumer<Result<T>> told) {
      boolean isOver() {
        if (registry != node.registry) {
          return true;
        }
        if (heard.isGiven()) {
          told.accept(heard.result());
          return true;
        }
        if (node.isTurned && node.clock.nanoTime() - deadlineNanos > LATE_NANOS_MAX) {
          throw new AssertionError("no answer by the deadline");
        }
        return false;
      }
    }

    private void live() {
      while (millis() < LIFE.toMillis()) {
        if (random.nextInt(4) == 0) {
          ask(cluster.nodes.get(random.nextInt(3)));
        }
        if (random.nextInt(100) == 0) {
          harm();
        }
        step();
      }
      beSilent();
    }

    private void beSilent() {
      cluster.heal();
      cluster.nodes.forEach(Life::wake);
      cluster.linkLoses = message -> false;
      while (millis() < LIFE.plus(SILENCE).toMillis()) {
        step();
      }
      assertThat(open).isEmpty();
      for (HandNode node : cluster.nodes) {
        assertThat(node.store.status().leases()).isZero();
        assertThat(node.store.status().sessions())
            .isBetween(sessionsOpened, sessionsOpened + sessionsUnknown);
        assertThat(node.store.status().digest())
            .isEqualTo(cluster.nodes.getFirst().store.status().digest());
      }
    }

    private void step() {
      steps++;
      cluster.step();
      for (HandNode node : cluster.nodes) {
        var status = node.store.status();
        if (!status.equals(seen.put(node, status))) {
          leases.forEach((id, lease) -> lookFor(node, id, lease));
          neverExecuted.forEach(id -> assertThat(node.has(id)).as(id).isFalse());
        }
      }
      open.removeIf(Asked::isOver);
    }

    private void lookFor(HandNode node, long id, Lease lease) {
      boolean isGone = node.revision() >= lease.revision && node.store.leases().find(id).isEmpty();
      if (isGone && lease.removedMillis == Long.MAX_VALUE) {
        lease.removedMillis = millis();
        lease.assertNotEarly(id);
      }
    }

    private void harm() {
      var node = cluster.nodes.get(random.nextInt(3));
      switch (random.nextInt(8)) {
        case 0 -> cluster.isolate(node);
        case 1 -> node.isTurned = false;
        case 2 -> node.applies = false;
        case 3 -> node.restart();
        case 4, 5 -> cluster.heal();
        default -> wake(node);
      }
    }

    private static void wake(HandNode node) {
      node.isTurned = true;
      node.applies = true;
      node.tick();
    }

    private void ask(HandNode node) {
      switch (random.nextInt(6)) {
        case 0 -> register(node);
        case 1 -> openSession(node);
        case 2 -> read(node);
        default -> renew(node);
      }
    }

    private void register(HandNode node) {
      var id = "i-" + ++instances;
      long asked = millis();
      submit(
          node,
          Requests.register(id),
          result -> {
            switch (result) {
              case Done<Outcome>(Outcome outcome) -> {
                var registered = (Outcome.Registered) outcome;
                revisionAcknowledged = Math.max(revisionAcknowledged, registered.revision());
                leases.put(registered.leaseId(), new Lease(registered, asked));
              }
              case Failed<Outcome>(Failure failure, String message) -> {
                if (failure != Failure.INDETERMINATE) {
                  neverExecuted.add(id);
                  assertThat(cluster.nodes).as(id).noneMatch(each -> each.has(id));
                }
              }
            }
          });
    }

    private void openSession(HandNode node) {
      // Unknown until heard of: whoever asked a node that died never hears.
      sessionsUnknown++;
      submit(
          node,
          Requests.openSession(),
          result -> {
            switch (result) {
              case Done<Outcome> done -> {
                sessionsOpened++;
                sessionsUnknown--;
              }
              case Failed<Outcome>(Failure failure, String message) ->
                  sessionsUnknown -= failure == Failure.INDETERMINATE ? 0 : 1;
            }
          });
    }

    private void read(HandNode node) {
      long revision = revisionAcknowledged;
      var heard = new Heard<ReadPoint>();
      long deadline = deadline(node);
      node.registry.read(new Consistency.Linearizable(), deadline, heard);
      open.add(
          new Asked<>(
              node,
              node.registry,
              deadline,
              heard,
              result -> {
                if (result instanceof Done<ReadPoint>(ReadPoint point)) {
                  assertThat(point.revision()).isGreaterThanOrEqualTo(revision);
                }
              }));
    }

    private void renew(HandNode node) {
      if (leases.isEmpty()) {
        return;
      }
      var known = leases.keySet().stream().sorted().toList();
      var ids = random.ints(3, 0, known.size()).mapToObj(known::get).distinct().toList();
      long asked = millis();
      var heard = new Heard<List<Long>>();
      long deadline = deadline(node);
      node.registry.renew(ids, deadline, heard);
      open.add(
          new Asked<>(
              node,
              node.registry,
              deadline,
              heard,
              result -> {
                if (result instanceof Done<List<Long>>(List<Long> ttls)) {
                  renewed(ids, ttls, asked);
                }
              }));
    }

    private void renewed(List<Long> ids, List<Long> ttls, long asked) {
      for (int i = 0; i < ids.size(); i++) {
        var lease = leases.get(ids.get(i));
        if (lease == null) {
          continue;
        }
        if (ttls.get(i) > 0) {
          lease.aliveMillis = Math.max(lease.aliveMillis, asked);
          lease.assertNotEarly(ids.get(i));
        } else {
          assertThat(lease.removedMillis).as("said to be gone").isLessThanOrEqualTo(millis());
        }
      }
    }

    private void submit(HandNode node, Request request, Consumer<Result<Outcome>> told) {
      var heard = new Heard<Outcome>();
      long deadline = deadline(node);
      node.registry.submit(request, deadline, heard);
      open.add(new Asked<>(node, node.registry, deadline, heard, told));
    }

    private long deadline(HandNode node) {
      return node.clock.in(Duration.ofMillis(10 + random.nextInt(6_000)));
    }

    private long millis() {
      return steps * 5;
    }
  }
}
