package dev.rollcall.chaos.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Both sides of the promise that who is kept alive stays: what clients were told of their leases,
 * and when watchers saw the instances go. A lease here carries one instance. Any thread.
 *
 * <p>A removal is false when it was seen earlier than the lease's TTL after a keepalive was sent
 * that was acknowledged, then or later. A leader counts from the arrival, which is no earlier, and
 * watchers see a removal no earlier than it happens; so what is called false here is false.
 */
final class LeaseLedger {
  /** What lease time may move at once where a clock leaps: see {@code server.replication}. */
  private static final long LEAP_NANOS = Duration.ofMillis(200).toNanos();

  private final Map<Long, Lease> leases = new HashMap<>();
  private final List<Long> leaps = new ArrayList<>();
  private final List<String> falseRemovals = new ArrayList<>();
  private long renewals;
  private Gap longestGap = new Gap(0, Duration.ZERO, System.nanoTime());

  /**
   * A time without an acknowledged keepalive, between the sending of two that were.
   *
   * @param endNanos when the second was sent
   */
  record Gap(long leaseId, Duration length, long endNanos) {}

  /** A lease as this knows it. */
  private static final class Lease {
    private final long id;
    private boolean isAcknowledged;
    private boolean isSilent;
    private boolean isRemoved;
    private boolean isFalse;
    private long ttlNanos;
    private long sentNanos;
    private long removedNanos;
    private String instance = "?";
    private String cause = "?";

    private Lease(long id) {
      this.id = id;
    }
  }

  /**
   * A client was told that a lease lives.
   *
   * @param sentNanos when it sent the request that was answered so
   */
  synchronized void acknowledged(long leaseId, long sentNanos, Duration ttl) {
    Lease lease = lease(leaseId);
    renewals++;
    lease.ttlNanos = ttl.toNanos();
    if (!lease.isAcknowledged || sentNanos - lease.sentNanos > 0) {
      var gap = new Gap(leaseId, Duration.ofNanos(sentNanos - lease.sentNanos), sentNanos);
      boolean isKept = lease.isAcknowledged && !lease.isSilent;
      if (isKept && gap.length.compareTo(longestGap.length) > 0) {
        longestGap = gap;
      }
      lease.isAcknowledged = true;
      lease.sentNanos = sentNanos;
      judge(lease);
    }
  }

  /** Nobody keeps the lease alive any more, on purpose. */
  synchronized void silent(long leaseId) {
    lease(leaseId).isSilent = true;
  }

  /** A clock is about to be set forward. */
  synchronized void leaps() {
    leaps.add(System.nanoTime());
  }

  /** A watcher saw the instance of a lease go; the first one counts. */
  synchronized void removed(long leaseId, String instance, String cause, long seenNanos) {
    Lease lease = lease(leaseId);
    if (lease.isRemoved) {
      return;
    }
    lease.isRemoved = true;
    lease.removedNanos = seenNanos;
    lease.instance = instance;
    lease.cause = cause;
    judge(lease);
    notifyAll();
  }

  /**
   * Waits until the instance of a lease is seen to go.
   *
   * @return how long after its TTL that was, counted from the last acknowledged keepalive
   */
  synchronized Duration awaitRemoved(long leaseId, Duration patience) throws InterruptedException {
    Lease lease = lease(leaseId);
    long deadline = System.nanoTime() + patience.toNanos();
    while (!lease.isRemoved) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new ChaosFailure(
            "lease %d is silent for %d s and still there"
                .formatted(leaseId, TimeUnit.NANOSECONDS.toSeconds(now(lease))));
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return Duration.ofNanos(lease.removedNanos - lease.sentNanos - lease.ttlNanos);
  }

  /** Whether the instance of a lease was seen to go. */
  synchronized boolean isRemoved(long leaseId) {
    return lease(leaseId).isRemoved;
  }

  /** One line for each. */
  synchronized List<String> falseRemovals() {
    return List.copyOf(falseRemovals);
  }

  /**
   * Instances removed although their client tried to keep them, when it had been out of reach for
   * the TTL or longer; one line for each.
   */
  synchronized List<String> lapsed() {
    return leases.values().stream()
        .filter(lease -> lease.isRemoved && !lease.isSilent && !lease.isFalse)
        .map(LeaseLedger::line)
        .toList();
  }

  /** Acknowledged renewals, and registrations that made a lease. */
  synchronized long renewals() {
    return renewals;
  }

  /** The longest one of a lease that is kept. */
  synchronized Gap longestGap() {
    return longestGap;
  }

  private void judge(Lease lease) {
    if (!lease.isRemoved || !lease.isAcknowledged || lease.isFalse) {
      return;
    }
    long leapt =
        leaps.stream()
            .filter(at -> at - lease.sentNanos > 0 && at - lease.removedNanos <= 0)
            .count();
    if (lease.removedNanos - lease.sentNanos < lease.ttlNanos - leapt * LEAP_NANOS) {
      lease.isFalse = true;
      falseRemovals.add(line(lease));
    }
  }

  private static String line(Lease lease) {
    return "%s, lease %d: %s, %,d ms after an acknowledged keepalive was sent, TTL %,d ms"
        .formatted(
            lease.instance,
            lease.id,
            lease.cause,
            TimeUnit.NANOSECONDS.toMillis(lease.removedNanos - lease.sentNanos),
            TimeUnit.NANOSECONDS.toMillis(lease.ttlNanos));
  }

  private static long now(Lease lease) {
    return System.nanoTime() - lease.sentNanos;
  }

  private Lease lease(long leaseId) {
    return leases.computeIfAbsent(leaseId, Lease::new);
  }
}
