package dev.rollcall.bench;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts what watches are told, and when the last of them was told of a revision. Any thread. */
final class Deliveries implements WatchStreams.Told {
  private static final long PATIENCE_SECONDS = 60;

  private final int watches;
  private final LongAdder events = new LongAdder();
  private final ConcurrentHashMap<Long, Revision> revisions = new ConcurrentHashMap<>();

  Deliveries(int watches) {
    this.watches = watches;
  }

  @Override
  public void delta(long watchId, long revision) {
    events.increment();
    revisions.computeIfAbsent(revision, r -> new Revision(watches)).told();
  }

  /** Deltas told so far, of all watches together. */
  long events() {
    return events.sum();
  }

  /** Waits until all watches were told of it; {@link System#nanoTime} of the last. */
  long awaitAll(long revision) {
    var arrivals = revisions.computeIfAbsent(revision, r -> new Revision(watches));
    try {
      if (!arrivals.all.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "revision %d reached %d of %d watches"
                .formatted(revision, watches - arrivals.left.get(), watches));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    revisions.remove(revision);
    return arrivals.lastNanos;
  }

  /** Who was told of one revision. */
  private static final class Revision {
    private final AtomicLong left;
    private final CountDownLatch all = new CountDownLatch(1);
    private volatile long lastNanos;

    Revision(int watches) {
      left = new AtomicLong(watches);
    }

    void told() {
      if (left.decrementAndGet() == 0) {
        lastNanos = System.nanoTime();
        all.countDown();
      }
    }
  }
}
