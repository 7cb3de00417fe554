package dev.rollcall.client.lock;

import dev.rollcall.client.RegistryException;
import dev.rollcall.client.keepalive.LeaseListener;
import dev.rollcall.client.keys.KeyEntry;
import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.watch.KeyListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One lease, and its key among those of a contest. Holds the place from the moment that its key is
 * seen to be the oldest: whatever was older is gone by then, and whatever comes is younger. Loses
 * it for good when the lease is in doubt or gone, or the key is seen to be gone. Runs on the loop
 * unless it says otherwise.
 */
final class Contender implements LeaseListener, KeyListener {
  private enum Stage {
    /** Its key is not the oldest, as far as it knows. */
    WAITING,
    /** It has the place. */
    HOLDING,
    /** It had its chance. */
    OVER
  }

  private final Contests.Wiring wiring;
  private final long leaseId;
  private final String key;
  private final CompletableFuture<Boolean> decision = new CompletableFuture<>();
  private final CompletableFuture<Void> placed = new CompletableFuture<>();
  private final Map<String, KeyEntry> entries = new HashMap<>();
  private final List<Runnable> lossListeners = new ArrayList<>();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private boolean wasSeen;
  private Runnable endOfWatch = () -> {};
  private volatile Stage stage = Stage.WAITING;
  private volatile boolean isLost;
  private volatile boolean isLeaseGone;
  private volatile long believedUntilNanos;
  private volatile long fencingToken;

  /** Under a lease that was just granted. */
  Contender(Contests.Wiring wiring, String prefix, long leaseId, long believedUntilNanos) {
    this.wiring = wiring;
    this.leaseId = leaseId;
    this.key = prefix + "%016x".formatted(leaseId);
    this.believedUntilNanos = believedUntilNanos;
  }

  /** Keeps the lease, and watches the contest. */
  void start(String prefix, Duration ttl, long sentAtNanos) {
    wiring.keeper().keep(leaseId, ttl, sentAtNanos, this);
    endOfWatch = wiring.watches().watchKeys(wiring.namespace(), prefix, true, this);
  }

  /** Its key; names it among the others. Any thread. */
  String key() {
    return key;
  }

  /** Its lease. Any thread. */
  long leaseId() {
    return leaseId;
  }

  /** Complete once it is known who came before, or that it has no place any more. Any thread. */
  CompletableFuture<Void> placed() {
    return placed;
  }

  /** True once it holds the place, false once it never will. Any thread. */
  CompletableFuture<Boolean> decision() {
    return decision;
  }

  /** The revision at which its key was made; only of one that held the place. Any thread. */
  long fencingToken() {
    return fencingToken;
  }

  /** Whether it holds the place, by its own clock as well. Any thread. */
  boolean isHolding() {
    return stage == Stage.HOLDING && isBelieved();
  }

  private boolean isBelieved() {
    return believedUntilNanos - wiring.loop().nanoTime() > 0;
  }

  /** Runs this once, where listeners run, when the place is lost; at once if it is. Any thread. */
  void onLost(Runnable listener) {
    wiring
        .loop()
        .execute(() -> {
          if (isLost) {
            wiring.callbacks().execute(listener);
          } else {
            lossListeners.add(listener);
          }
        });
  }

  /**
   * Leaves the contest: the lease is not kept any more, and revoked unless the place was lost. That
   * nobody answered is no failure, because then it ends by itself. Blocks, for the call timeout at
   * most. Any thread.
   */
  void leave() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    EventLoop loop = wiring.loop();
    loop.execute(() -> {
      lossListeners.clear();
      end();
    });
    if (isLeaseGone || isLost) {
      return; // nobody may be there to answer, and what is left of the lease is short
    }
    try {
      wiring.leases().revoke(leaseId);
    } catch (RegistryException | IllegalStateException e) {
      // Gone already; or nobody answers, or the client is closed, and it lapses by itself.
      return;
    }
  }

  private void end() {
    stage = Stage.OVER;
    wiring.keeper().release(leaseId);
    endOfWatch.run();
    decision.complete(false);
    placed.complete(null);
  }

  private void lose() {
    isLost = stage == Stage.HOLDING;
    end();
    if (isLost) {
      lossListeners.forEach(wiring.callbacks()::execute);
      lossListeners.clear();
    }
  }

  @Override
  public void renewed(long untilNanos) {
    believedUntilNanos = untilNanos;
    decide();
  }

  @Override
  public void beliefEnded() {
    // Who waits has nothing to lose: the lease may well be alive.
    if (stage == Stage.HOLDING) {
      lose();
    }
  }

  @Override
  public void lost() {
    isLeaseGone = true;
    if (stage != Stage.OVER) {
      lose();
    }
  }

  @Override
  public void replaced(long revision, List<KeyEntry> all) {
    entries.clear();
    changed(revision, all, List.of());
  }

  @Override
  public void changed(long revision, List<KeyEntry> puts, List<String> deleted) {
    deleted.forEach(entries::remove);
    puts.forEach(it -> entries.put(it.key(), it));
    decide();
  }

  private void decide() {
    if (stage == Stage.OVER) {
      return;
    }
    KeyEntry own = entries.get(key);
    if (own == null) {
      if (wasSeen) {
        lose(); // somebody deleted it, or the registry was restored
      }
      return;
    }
    wasSeen = true;
    if (stage == Stage.WAITING && isBelieved() && own.equals(oldest())) {
      fencingToken = own.createRevision();
      stage = Stage.HOLDING;
      decision.complete(true);
    } else if (stage == Stage.HOLDING && own.createRevision() != fencingToken) {
      lose(); // it was made again meanwhile: another may have held the place in between
    }
    placed.complete(null);
  }

  private KeyEntry oldest() {
    return entries.values().stream()
        .min(Comparator.comparingLong(KeyEntry::createRevision))
        .orElseThrow();
  }

  @Override
  public void progressed(long revision) {}

  @Override
  public void historyChanged() {}

  @Override
  public void fresh() {}

  @Override
  public void stale(String cause) {}
}
