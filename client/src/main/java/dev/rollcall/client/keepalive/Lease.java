package dev.rollcall.client.keepalive;

import dev.rollcall.client.transport.EventLoop.Timer;
import java.time.Duration;

/** One lease in the keeper's care. */
final class Lease {
  final long id;
  final LeaseListener listener;
  long ttlNanos;
  long believedUntilNanos;
  long dueNanos;
  boolean isAwaited;
  boolean isBelieved = true;
  Timer beliefTimer = Timer.NONE;

  Lease(long id, LeaseListener listener) {
    this.id = id;
    this.listener = listener;
  }

  /** The registry counts the TTL from a request sent at that time, at the earliest. */
  void confirm(long sentAtNanos, long ttl) {
    ttlNanos = ttl;
    believedUntilNanos = LeaseKeeper.believedUntilNanos(sentAtNanos, Duration.ofNanos(ttl));
  }
}
