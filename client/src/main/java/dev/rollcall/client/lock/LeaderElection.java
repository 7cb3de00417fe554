package dev.rollcall.client.lock;

import dev.rollcall.client.RegistryException;
import dev.rollcall.client.cache.KeyCache;
import dev.rollcall.client.keys.KeyEntry;
import dev.rollcall.client.keys.Value;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Candidates of which one leads at a time; the others follow in the order in which they came. Got
 * from {@code RegistryClient.election}; safe for any thread. What the leader writes elsewhere needs
 * its {@linkplain Leadership#fencingToken fencing token}, as with a {@link Lock}.
 */
public final class LeaderElection {
  private final Contest contest;

  LeaderElection(Contest contest) {
    this.contest = contest;
  }

  /**
   * Waits until this candidate leads. Blocks.
   *
   * @param name how others know it, such as its address
   * @param timeout how long to wait for others
   * @return empty when time ran out
   * @throws RegistryException when the registry cannot be reached, or refuses
   */
  public Optional<Leadership> campaign(String name, Duration timeout) throws InterruptedException {
    return contest.win(Value.of(name), timeout).map(Leadership::new);
  }

  /** Who leads, linearizable; empty when nobody does. Blocks, for the call timeout at most. */
  public Optional<Leader> leader() {
    return contest.holder().map(LeaderElection::leader);
  }

  /**
   * Calls the listener on the client's callback thread with who leads, once that is known, and
   * whenever it changes; one that is slow misses leaders that did not last. While the registry is
   * out of reach the last known leader stays. Does not block.
   *
   * @return what ends it when it is closed
   */
  public KeyCache observe(Consumer<Optional<Leader>> listener) {
    KeyCache candidates = contest.keys().cachePrefix(contest.prefix());
    var told = new AtomicReference<Optional<Leader>>();
    candidates.addListener(view -> {
      if (view.revision() > 0) {
        Optional<Leader> now = leader(view.entries().values());
        if (!now.equals(told.getAndSet(now))) {
          listener.accept(now);
        }
      }
    });
    return candidates;
  }

  private static Optional<Leader> leader(Collection<KeyEntry> candidates) {
    return Contest.oldest(candidates).map(LeaderElection::leader);
  }

  private static Leader leader(KeyEntry oldest) {
    return new Leader(oldest.value().text(), oldest.createRevision());
  }

  /** The time during which a candidate leads. Any thread. */
  public static final class Leadership implements AutoCloseable {
    private final Contender contender;

    private Leadership(Contender contender) {
      this.contender = contender;
    }

    /** Higher than that of every leader before. */
    public long fencingToken() {
      return contender.fencingToken();
    }

    /** The key that stands for this leader; a transaction may compare its create revision. */
    public String key() {
      return contender.key();
    }

    /** Whether it leads at this moment, by this process's clock. */
    public boolean isLeader() {
      return contender.isHolding();
    }

    /** Runs the listener when the leadership is lost; see {@link Lock.Held#onLost}. */
    public void onLost(Runnable listener) {
      contender.onLost(listener);
    }

    /** Resigns. Blocks, for the call timeout at most. */
    @Override
    public void close() {
      contender.leave();
    }
  }
}
