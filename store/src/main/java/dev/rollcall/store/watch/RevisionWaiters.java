package dev.rollcall.store.watch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Those who wait until a revision is applied, such as a read that must not be older than the one
 * before. {@link #advance} belongs to the apply thread; everything else is open to all threads.
 */
public final class RevisionWaiters {
  private static final Comparator<Wait> IN_ORDER =
      Comparator.<Wait>comparingLong(wait -> wait.revision).thenComparingLong(wait -> wait.number);

  private final LongSupplier applied;
  private final int waitersMax;

  /** Guards the fields below; never held while a callback runs. */
  private final Object lock = new Object();

  private final TreeMap<Wait, Runnable> waiting = new TreeMap<>(IN_ORDER);
  private long lastNumber;

  /**
   * Nobody waits yet.
   *
   * @param applied the revision that readers see, such as {@code () -> store.status().revision()}
   * @param waitersMax how many may wait at once; more are refused
   */
  public RevisionWaiters(LongSupplier applied, int waitersMax) {
    this.applied = applied;
    this.waitersMax = waitersMax;
  }

  /**
   * Runs {@code reached} once the revision is applied: at once, on this thread, when it is; else
   * later, on the apply thread, where it must only pass the word on.
   *
   * @return what cancels the wait; empty when too many wait already, and then nothing will run
   */
  public Optional<Wait> await(long revision, Runnable reached) {
    var wait = new Wait(revision);
    synchronized (lock) {
      // Asked under the lock: an advance beyond it either has been seen here, or will see us.
      if (applied.getAsLong() < revision) {
        if (waiting.size() >= waitersMax) {
          return Optional.empty();
        }
        lastNumber++;
        wait.number = lastNumber;
        waiting.put(wait, reached);
        return Optional.of(wait);
      }
    }
    reached.run();
    return Optional.of(wait);
  }

  /** Runs the callbacks of all whose revision is applied now, in order of revision. */
  public void advance() {
    long revision = applied.getAsLong();
    List<Runnable> ready = List.of();
    synchronized (lock) {
      while (!waiting.isEmpty() && waiting.firstKey().revision <= revision) {
        if (ready.isEmpty()) {
          ready = new ArrayList<>();
        }
        ready.add(waiting.pollFirstEntry().getValue());
      }
    }
    ready.forEach(Runnable::run);
  }

  /** How many wait now. */
  public int size() {
    synchronized (lock) {
      return waiting.size();
    }
  }

  /** One who waits. */
  public final class Wait {
    private final long revision;
    private long number;

    private Wait(long revision) {
      this.revision = revision;
    }

    /** Ends the wait; returns false when the callback has run, or is about to. */
    public boolean cancel() {
      synchronized (lock) {
        return waiting.remove(this) != null;
      }
    }
  }
}
