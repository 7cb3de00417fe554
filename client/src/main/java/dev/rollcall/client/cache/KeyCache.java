package dev.rollcall.client.cache;

import dev.rollcall.client.keys.KeyEntry;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A key, or all that begin so, kept up to date by a watch. Reading is lock-free and never waits.
 * While the registry is out of reach the last known entries stay; see {@link #state()}. Any thread.
 */
public final class KeyCache implements AutoCloseable {
  private final KeyFeed feed;
  private final Runnable release;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  KeyCache(KeyFeed feed, Runnable release) {
    this.feed = feed;
    this.release = release;
  }

  /** One entry; empty when there is none, or none is known yet. */
  public Optional<KeyEntry> get(String key) {
    return Optional.ofNullable(entries().get(key));
  }

  /** All entries known, by key. Immutable; the same map until something changes. */
  public SortedMap<String, KeyEntry> entries() {
    return feed.view().entries();
  }

  /** The revision of the registry up to which every change is in; 0 before the first state. */
  public long revision() {
    return feed.view().revision();
  }

  /** How far the entries can be trusted. */
  public CacheState state() {
    return feed.view().state();
  }

  /** Entries, revision and state of one moment. */
  public KeyView view() {
    return feed.view();
  }

  /**
   * Waits until the first state is there. Blocks.
   *
   * @return false when time ran out
   * @throws IllegalStateException when the client was closed
   */
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    return feed.awaitReady(timeout);
  }

  /**
   * Calls the listener on the client's callback thread with what is known, now and whenever entries
   * or state have changed. One that is slow misses what did not last.
   */
  public void addListener(Consumer<KeyView> listener) {
    feed.addListener(listener);
  }

  /** Ends it: nothing changes any more, listeners are not called again. Does not block. */
  @Override
  public void close() {
    if (isClosed.compareAndSet(false, true)) {
      feed.removeListeners();
      release.run();
    }
  }
}
