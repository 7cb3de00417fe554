package dev.rollcall.client;

import java.util.concurrent.CompletableFuture;

/**
 * A lease in this client's care: renewed about three times per TTL until the handle, or the client,
 * is closed. Closing it leaves the lease to its TTL. Safe for any thread.
 */
public final class KeptLease implements AutoCloseable {
  private final long id;
  private final Runnable release;
  private final CompletableFuture<Void> lost;

  KeptLease(long id, CompletableFuture<Void> lost, Runnable release) {
    this.id = id;
    this.lost = lost;
    this.release = release;
  }

  /** Names the lease. */
  public long id() {
    return id;
  }

  /**
   * Completes when the registry does not know the lease any more: it was revoked, lapsed, or never
   * was. Never completes otherwise; without a quorum nothing lapses, and attempts go on. Completes
   * where listeners are called.
   */
  public CompletableFuture<Void> lost() {
    return lost.copy();
  }

  @Override
  public void close() {
    release.run();
  }
}
