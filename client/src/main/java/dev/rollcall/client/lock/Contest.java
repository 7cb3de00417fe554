package dev.rollcall.client.lock;

import dev.rollcall.client.GrantedLease;
import dev.rollcall.client.Reason;
import dev.rollcall.client.RegistryException;
import dev.rollcall.client.RegistryException.Indeterminate;
import dev.rollcall.client.RegistryException.NotFound;
import dev.rollcall.client.RegistryException.Refused;
import dev.rollcall.client.keepalive.LeaseKeeper;
import dev.rollcall.client.keys.KeyEntry;
import dev.rollcall.client.keys.KeyPut;
import dev.rollcall.client.keys.KeyQuery;
import dev.rollcall.client.keys.KeyValues;
import dev.rollcall.client.keys.Value;
import dev.rollcall.client.transport.EventLoop;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A place that one contender has at a time: the keys under a prefix, in the order of making. */
final class Contest {
  private final Contests.Wiring wiring;
  private final String prefix;
  private final Duration ttl;

  /** Takes part in nothing yet. */
  Contest(Contests.Wiring wiring, String prefix, Duration ttl) {
    this.wiring = wiring;
    this.prefix = prefix;
    this.ttl = ttl;
  }

  String prefix() {
    return prefix;
  }

  KeyValues keys() {
    return wiring.keys();
  }

  /** Who has the place by what the registry knows now; empty when nobody takes part. */
  Optional<KeyEntry> holder() {
    return oldest(wiring.keys().rangeAll(KeyQuery.prefix(prefix)));
  }

  static Optional<KeyEntry> oldest(Collection<KeyEntry> entries) {
    return entries.stream().min(Comparator.comparingLong(KeyEntry::createRevision));
  }

  /**
   * Takes part until it has the place, or time is up.
   *
   * @return empty when time ran out
   * @throws RegistryException when it cannot take part
   */
  Optional<Contender> win(Value value, Duration timeout) throws InterruptedException {
    EventLoop loop = wiring.loop();
    long deadlineNanos = loop.nanoTime() + timeout.toNanos();
    while (true) {
      Contender contender = enter();
      boolean isWon = false;
      try {
        put(contender, value);
        // Also without time to wait for others it takes a moment to hear of them.
        loop.await(contender.placed(), max(left(deadlineNanos), wiring.timeout()));
        isWon = loop.await(contender.decision(), left(deadlineNanos));
        if (isWon) {
          return Optional.of(contender);
        }
      } catch (TimeoutException e) {
        return Optional.empty();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      } finally {
        if (!isWon) {
          contender.leave();
        }
      }
      // It lost its lease while it waited: it goes to the end of the queue.
      if (deadlineNanos - loop.nanoTime() <= 0) {
        return Optional.empty();
      }
    }
  }

  private Duration left(long deadlineNanos) {
    return Duration.ofNanos(Math.max(0, deadlineNanos - wiring.loop().nanoTime()));
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private Contender enter() {
    EventLoop loop = wiring.loop();
    long sentAtNanos = loop.nanoTime();
    GrantedLease lease = wiring.leases().grant(ttl);
    long believedUntilNanos = LeaseKeeper.believedUntilNanos(sentAtNanos, lease.ttl());
    var contender = new Contender(wiring, prefix, lease.id(), believedUntilNanos);
    loop.execute(() -> contender.start(prefix, lease.ttl(), sentAtNanos));
    return contender;
  }

  /**
   * The key is the contender's alone, so that it may be put again until it is known to be there.
   */
  private void put(Contender contender, Value value) throws InterruptedException {
    KeyPut put = KeyPut.of(contender.key(), value).underLease(contender.leaseId()).expecting(0);
    while (!contender.decision().isDone()) {
      try {
        wiring.keys().put(put);
        return;
      } catch (Indeterminate unknown) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      } catch (Refused failure) {
        if (failure.reason() != Reason.REVISION_MISMATCH) {
          throw failure;
        }
        return; // an earlier attempt of ours
      } catch (NotFound leaseGone) {
        return; // which its keeper will hear of
      }
    }
  }
}
