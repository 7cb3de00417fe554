package dev.rollcall.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A random life of the wheel against a map of deadlines: TTLs from 1 s to 24 h, renewals, leases
 * that end in any state, small steps of lease time and jumps over whole turns of the wheel. Exactly
 * the leases lapse whose deadline is in a tick that is over, at the first step after that.
 */
class LeaseTimersProperties {
  private static final int RUNS = 100;
  private static final int STEPS = 2_000;
  private static final long TICK_NANOS = 100_000_000;
  private static final long NANOS_A_MILLI = 1_000_000;

  @Test
  void leasesLapseWhenTheirDeadlineHasPassedAndNotBefore() {
    long seed = System.nanoTime();
    for (int run = 0; run < RUNS; run++) {
      new Life(seed + run).live();
    }
  }

  private static final class Life {
    private final long seed;
    private final Random random;
    private final LeaseTimers timers = new LeaseTimers();
    private final Map<Long, Model> model = new HashMap<>();
    private final List<Long> ids = new ArrayList<>();
    private long nowNanos;
    private long lastId;

    private Life(long seed) {
      this.seed = seed;
      random = new Random(seed);
      nowNanos = random.nextLong(1L << 50);
    }

    private static final class Model {
      private int ttlMillis;
      private long deadlineNanos;
      private byte state = LeaseTimers.LIVE;
    }

    private void live() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(20)) {
          case 0, 1, 2, 3 -> add();
          case 4, 5, 6, 7, 8, 9 -> renew();
          case 10 -> remove();
          case 11 -> expire();
          case 12 -> revive();
          default -> pass();
        }
        assertThat(timers.size()).as("seed %d", seed).isEqualTo(model.size());
      }
      nowNanos += 25L * 3_600_000 * NANOS_A_MILLI;
      timers.advance(nowNanos, id -> timers.lapse(timers.find(id)));
      for (long id : ids) {
        assertThat(timers.state(timers.find(id)))
            .as("seed %d", seed)
            .isNotEqualTo(LeaseTimers.LIVE);
      }
    }

    private void add() {
      var made = new Model();
      made.ttlMillis =
          random.nextInt(3) == 0
              ? 1_000 + random.nextInt(86_399_001)
              : 1_000 + random.nextInt(9_000);
      made.deadlineNanos = deadline(made.ttlMillis);
      timers.add(++lastId, made.ttlMillis, nowNanos);
      model.put(lastId, made);
      ids.add(lastId);
    }

    private void renew() {
      if (!ids.isEmpty()) {
        long id = any();
        var lease = lease(id);
        if (lease.state != LeaseTimers.EXPIRING) {
          timers.extend(timers.find(id), nowNanos);
          lease.deadlineNanos = deadline(lease.ttlMillis);
        }
      }
    }

    private void remove() {
      if (!ids.isEmpty()) {
        long id = ids.remove(random.nextInt(ids.size()));
        timers.remove(timers.find(id));
        model.remove(id);
        assertThat(timers.find(id)).isEqualTo(LeaseTimers.NONE);
      }
    }

    private void expire() {
      int slot = timers.firstLapsed();
      if (slot != LeaseTimers.NONE) {
        timers.expire(slot);
        lease(timers.id(slot)).state = LeaseTimers.EXPIRING;
      }
    }

    private void revive() {
      for (long id : ids) {
        var lease = lease(id);
        if (lease.state != LeaseTimers.LIVE) {
          int slot = timers.find(id);
          timers.extend(slot, nowNanos);
          timers.revive(slot);
          lease.state = LeaseTimers.LIVE;
          lease.deadlineNanos = deadline(lease.ttlMillis);
          return;
        }
      }
    }

    private void pass() {
      long millis =
          switch (random.nextInt(40)) {
            case 0 -> random.nextInt(90_000_000);
            case 1 -> random.nextInt(1_000_000);
            default -> random.nextInt(700);
          };
      nowNanos += millis * NANOS_A_MILLI + random.nextInt(1_000_000);
      timers.advance(nowNanos, id -> timers.lapse(timers.find(id)));
      for (long id : ids) {
        var lease = lease(id);
        boolean isOver =
            Math.floorDiv(lease.deadlineNanos, TICK_NANOS) < Math.floorDiv(nowNanos, TICK_NANOS);
        if (lease.state == LeaseTimers.LIVE && isOver) {
          lease.state = LeaseTimers.LAPSED;
        }
        int slot = timers.find(id);
        assertThat(timers.id(slot)).as("seed %d", seed).isEqualTo(id);
        assertThat(timers.state(slot)).as("lease %d, seed %d", id, seed).isEqualTo(lease.state);
      }
    }

    private Model lease(long id) {
      return Objects.requireNonNull(model.get(id));
    }

    private long any() {
      return ids.get(random.nextInt(ids.size()));
    }

    private long deadline(int ttlMillis) {
      return nowNanos + ttlMillis * NANOS_A_MILLI;
    }
  }
}
