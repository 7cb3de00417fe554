package dev.rollcall.client;

/**
 * A lease in this client's care: renewed about three times per TTL until the handle, or the client,
 * is closed. Closing it leaves the lease to its TTL. Safe for any thread.
 */
public final class KeptLease implements AutoCloseable {
  private final long id;
  private final Runnable release;

  KeptLease(long id, Runnable release) {
    this.id = id;
    this.release = release;
  }

  /** Names the lease. */
  public long id() {
    return id;
  }

  @Override
  public void close() {
    release.run();
  }
}
