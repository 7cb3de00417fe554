package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.MILLISECOND;

import com.google.protobuf.ByteString;
import dev.rollcall.chaos.simulation.Observation.LockHeld;
import dev.rollcall.chaos.simulation.Observation.LockLeft;
import dev.rollcall.store.Command;
import dev.rollcall.store.Outcome;
import dev.rollcall.store.Request;
import dev.rollcall.store.kv.KeyEntry;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Somebody who wants a lock, by the recipe of docs/keys.md: a lease, a key under it, and whoever's
 * key is the oldest has the lock, with its create revision as the fencing token. Renews, and
 * believes that it has it for 0.8 of the TTL after what was acknowledged last began; gives it back,
 * or falls silent. Out of lock → waiting → holding → out.
 */
final class SimLocker {
  /** Of the keys, folded. */
  static final String NAMESPACE = "locks";

  private static final String PREFIX = "locks/one/";

  /** Long beside what the clocks of nodes may be wrong by. */
  private static final long TTL_MILLIS = 10_000;

  private static final long RENEW_MILLIS = 2_000;
  private static final int SILENT_EVERY = 4;

  private final SimCluster cluster;
  private final RandomGenerator random;
  private final Calls calls;
  private final int number;

  /** Counts its contests, so that what comes late from one that is over is known. */
  private long contest;

  private long leaseId;
  private long believesUntilNanos;
  private boolean isHolding;
  private boolean isSilent;
  private boolean isResting;
  private boolean isIdle;

  SimLocker(SimCluster cluster, RandomGenerator random, int number) {
    this.cluster = cluster;
    this.random = random;
    this.number = number;
    this.calls = new Calls(cluster, random, number);
  }

  void start() {
    after(random.nextLong(100, 3_000), this::contend);
  }

  /** Wants no lock any more, and keeps none. */
  void rest() {
    isResting = true;
  }

  /** Ends a {@link #rest}. */
  void goOn() {
    isResting = false;
    if (isIdle) {
      isIdle = false;
      start();
    }
  }

  private void after(long millis, Runnable action) {
    cluster.time().after(millis * MILLISECOND, action);
  }

  private void contend() {
    long now = ++contest;
    isSilent = false;
    leaseId = 0;
    if (isResting) {
      isIdle = true;
      return;
    }
    long asked = cluster.time().nowNanos();
    calls.write(
        Request.of(new Command.GrantLease(NAMESPACE, TTL_MILLIS)),
        outcome -> {
          if (outcome.orElse(null) instanceof Outcome.LeaseGranted granted) {
            leaseId = granted.leaseId();
            believesUntilNanos = asked + TTL_MILLIS * MILLISECOND / 5 * 4;
            renewLater(now);
            queue(now);
          } else {
            start();
          }
        });
  }

  private void queue(long now) {
    var put = new Command.PutKey(NAMESPACE, key(), ByteString.EMPTY, leaseId, OptionalLong.empty());
    calls.write(
        Request.of(put),
        outcome -> {
          if (outcome.orElse(null) instanceof Outcome.KeyPut) {
            waitInQueue(now);
          } else {
            giveUp(now);
          }
        });
  }

  private String key() {
    return PREFIX + "%016x".formatted(leaseId);
  }

  private void waitInQueue(long now) {
    after(random.nextLong(20, 300), () -> look(now));
  }

  private void look(long now) {
    if (now != contest) {
      return;
    }
    if (!believes() || isResting) {
      giveUp(now);
      return;
    }
    calls.keys(
        NAMESPACE,
        PREFIX,
        keys -> {
          if (now == contest) {
            looked(now, keys);
          }
        });
  }

  private void looked(long now, Optional<List<KeyEntry>> keys) {
    var oldest =
        keys.flatMap(all -> all.stream().min(Comparator.comparingLong(KeyEntry::createRevision)));
    if (oldest.isPresent() && oldest.get().key().equals(key()) && believes()) {
      isHolding = true;
      cluster.world().see(new LockHeld(number, oldest.get().createRevision()));
      hold(now, cluster.time().nowNanos() + random.nextLong(50, 4_000) * MILLISECOND);
    } else {
      waitInQueue(now);
    }
  }

  /** Until it is done, or believes no longer. */
  private void hold(long now, long untilNanos) {
    after(
        10,
        () -> {
          if (!believes() || cluster.time().nowNanos() >= untilNanos) {
            leave();
            giveUp(now);
          } else {
            hold(now, untilNanos);
          }
        });
  }

  private boolean believes() {
    return cluster.time().nowNanos() < believesUntilNanos;
  }

  private void leave() {
    isHolding = false;
    cluster.world().see(new LockLeft(number));
  }

  private void renewLater(long now) {
    after(RENEW_MILLIS, () -> renew(now));
  }

  private void renew(long now) {
    if (now != contest || isSilent) {
      return;
    }
    long asked = cluster.time().nowNanos();
    calls.renew(
        leaseId,
        ttl -> {
          if (now == contest && ttl.orElse(0L) > 0) {
            long until = asked + TTL_MILLIS * MILLISECOND / 5 * 4;
            // What it did not believe any more it does not believe again.
            believesUntilNanos = believes() ? Math.max(believesUntilNanos, until) : 0;
          }
        });
    renewLater(now);
  }

  /** Gives back what it has, or lets it lapse. */
  private void giveUp(long now) {
    if (now != contest) {
      return;
    }
    contest++;
    if (isHolding) {
      throw new IllegalStateException("gives up what it holds");
    }
    if (leaseId != 0 && random.nextInt(SILENT_EVERY) > 0) {
      release(leaseId, key());
    }
    start();
  }

  /** Whoever waits hears of the key; the lease must not be left behind. */
  private void release(long lease, String key) {
    var revoke = Request.of(new Command.RevokeLease(lease));
    if (random.nextBoolean()) {
      calls.writeInVain(revoke, outcome -> {});
    } else {
      calls.writeInVain(
          Request.of(new Command.DeleteKeys(NAMESPACE, key, false, OptionalLong.empty())),
          deleted -> calls.writeInVain(revoke, outcome -> {}));
    }
  }
}
