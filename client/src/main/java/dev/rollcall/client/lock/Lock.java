package dev.rollcall.client.lock;

import dev.rollcall.client.RegistryException;
import dev.rollcall.client.keys.Value;
import java.time.Duration;
import java.util.Optional;

/**
 * A lock that one holder has at a time, across processes; those that wait get it in the order in
 * which they came. Got from {@code RegistryClient.lock}; safe for any thread. Each acquiring is
 * another contender, also within one thread: the lock is not reentrant.
 *
 * <p>A holder that is paused, or cut off, for longer than its lease lives is no holder any more
 * before it can know. What the lock protects must therefore check the {@linkplain Held#fencingToken
 * fencing token}, and refuse a lower one than it has seen.
 */
public final class Lock {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final Contest contest;

  Lock(Contest contest) {
    this.contest = contest;
  }

  /**
   * Waits until the lock is held, as long as that takes. Blocks.
   *
   * @throws RegistryException when the registry cannot be reached, or refuses
   */
  public Held acquire() throws InterruptedException {
    return tryAcquire(FOR_EVER).orElseThrow();
  }

  /**
   * Waits for the lock. Blocks; a little longer than the timeout while the registry is slow to
   * answer.
   *
   * @param timeout how long to wait for others; with zero it is got only if nobody has it
   * @return empty when time ran out
   * @throws RegistryException when the registry cannot be reached, or refuses
   */
  public Optional<Held> tryAcquire(Duration timeout) throws InterruptedException {
    return contest.win(Value.EMPTY, timeout).map(Held::new);
  }

  /**
   * A lock while it is held. Kept alive until it is closed, lost, or the client is closed. Any
   * thread.
   */
  public static final class Held implements AutoCloseable {
    private final Contender contender;

    private Held(Contender contender) {
      this.contender = contender;
    }

    /**
     * Higher than that of every holder before: pass it on with every request to what the lock
     * protects. It is the create revision of {@link #key}.
     */
    public long fencingToken() {
      return contender.fencingToken();
    }

    /** The key that stands for this holder; a transaction may compare its create revision. */
    public String key() {
      return contender.key();
    }

    /** Whether the lock is held at this moment, by this process's clock. */
    public boolean isHeld() {
      return contender.isHolding();
    }

    /**
     * Runs the listener once, on the client's callback thread, when the lock is lost: its lease was
     * not confirmed for 0.8 of its time to live, or is gone, or its key was deleted. At once if it
     * is lost already; never because of {@link #close}.
     */
    public void onLost(Runnable listener) {
      contender.onLost(listener);
    }

    /**
     * Gives the lock back. Blocks, for the call timeout at most; when nobody answers, it is free
     * once its lease has lapsed.
     */
    @Override
    public void close() {
      contender.leave();
    }
  }
}
