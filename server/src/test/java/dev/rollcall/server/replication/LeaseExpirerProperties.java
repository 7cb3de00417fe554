package dev.rollcall.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.store.instance.InstanceKey;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.lease.Lease;
import dev.rollcall.store.lease.LeaseTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A random life of one leader's leases against the two promises: nobody is proposed within its TTL,
 * in real time, of a renewal that was acknowledged or of the start of leadership; and whoever is
 * silent is proposed soon after its TTL, in lease time.
 */
class LeaseExpirerProperties {
  private static final int RUNS = 200;
  private static final int STEPS = 600;

  @Test
  void nobodyGoesEarlyAndNobodyStaysLong() {
    long seed = System.nanoTime();
    for (int run = 0; run < RUNS; run++) {
      new Life(seed + run).live();
    }
  }

  private static final class Life {
    private static final long SLOT_NANOS = Duration.ofMillis(100).toNanos();
    private static final long STEP_NANOS = Duration.ofMillis(200).toNanos();

    private final long seed;
    private final Random random;
    private final HandClock clock = new HandClock();
    private final LeaseTable leases = new LeaseTable();
    private final LeaseExpirer expirer;
    private final Map<Long, Alive> alive = new HashMap<>();
    private final List<Proposed> open = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private long term = 1;
    private long lastId;
    // Lease time as the test reckons it.
    private long leaseNanos;
    private long confirmedAtNanos;

    private Life(long seed) {
      this.seed = seed;
      random = new Random(seed);
      expirer = LeaseExpirer.unguarded(leases, this::propose, clock, 1 + random.nextInt(4));
    }

    /** When a lease was last known to be alive, in both times. */
    private record Alive(long realNanos, long leaseNanos) {}

    private record Proposed(List<Long> ids, Runnable settled) {}

    private void live() {
      startTerm();
      for (int step = 0; step < STEPS; step++) {
        pass(random.nextInt(60));
        switch (random.nextInt(16)) {
          case 0 -> register();
          case 1, 2, 3 -> renew();
          case 4, 5 -> settle();
          case 6 -> pass(random.nextInt(20) == 0 ? 60_000 : 0);
          case 7 -> {
            if (random.nextInt(10) == 0) {
              startTerm();
            }
          }
          default -> confirm();
        }
      }
      expirer.leadershipEnded();
      assertThat(answers).as("seed %d", seed).allMatch(Answer::isGiven);
    }

    private void pass(long millis) {
      clock.pass(Duration.ofMillis(millis));
    }

    private void startTerm() {
      expirer.leadershipEnded();
      open.clear();
      expirer.leadershipStarted(++term);
      confirmedAtNanos = clock.nanoTime();
      leases.forEach(lease -> isAlive(lease.id()));
    }

    private void confirm() {
      leaseNanos += stepNanos();
      confirmedAtNanos = clock.nanoTime();
      expirer.leadershipConfirmed();
      if (open.isEmpty()) {
        leases.forEach(this::assertIsNotLate);
      }
    }

    private void register() {
      long id = ++lastId;
      var key = new InstanceKey(new ServiceKey("shop", "cart"), "i-" + id);
      leases.put(new Lease(id, 1_000 + random.nextInt(5_000), "shop", true, List.of(key)));
      isAlive(id);
      expirer.applied(List.of(id), List.of());
    }

    private void renew() {
      var ids =
          IntStream.range(0, 1 + random.nextInt(4))
              .mapToObj(i -> random.nextLong(lastId + 1))
              .toList();
      var answer = new Answer();
      answers.add(answer);
      expirer.renew(Longs.array(ids), answer);
      var ttls = answer.ttlMillis;
      for (int i = 0; ttls != null && i < ids.size(); i++) {
        var lease = leases.find(ids.get(i));
        assertThat(ttls.get(i))
            .as("seed %d", seed)
            .isEqualTo(lease.map(Lease::ttlMillis).orElse(0L));
      }
      ids.stream()
          .filter(id -> leases.find(id).isPresent() && !isProposed(id))
          .forEach(this::isAlive);
    }

    private void settle() {
      if (open.isEmpty()) {
        return;
      }
      var batch = open.remove(random.nextInt(open.size()));
      if (random.nextBoolean()) {
        batch.ids.forEach(leases::remove);
        expirer.applied(List.of(), batch.ids);
      } else {
        // Renewals that waited count from now. Who has none may be proposed again at once, which
        // the map cannot tell apart: neither promise is looked at until the next renewal.
        batch.ids.forEach(alive::remove);
      }
      batch.settled.run();
    }

    private void propose(long ofTerm, List<Long> ids, Runnable settled) {
      assertThat(ofTerm).isEqualTo(term);
      open.add(new Proposed(ids, settled));
      for (long id : ids) {
        var last = alive.get(id);
        if (last != null) {
          assertThat(clock.nanoTime() - last.realNanos)
              .as("lease %d is early, seed %d", id, seed)
              .isGreaterThanOrEqualTo(ttlNanos(id));
        }
      }
    }

    private void assertIsNotLate(Lease lease) {
      var last = alive.get(lease.id());
      if (last != null) {
        assertThat(leaseNanos - last.leaseNanos)
            .as("lease %d is late, seed %d", lease.id(), seed)
            .isLessThanOrEqualTo(ttlNanos(lease.id()) + SLOT_NANOS);
      }
    }

    private void isAlive(long id) {
      alive.put(id, new Alive(clock.nanoTime(), leaseNanos + stepNanos()));
    }

    private boolean isProposed(long id) {
      return open.stream().anyMatch(batch -> batch.ids.contains(id));
    }

    private long stepNanos() {
      return Math.min(clock.nanoTime() - confirmedAtNanos, STEP_NANOS);
    }

    private long ttlNanos(long id) {
      return Duration.ofMillis(leases.find(id).orElseThrow().ttlMillis()).toNanos();
    }
  }
}
