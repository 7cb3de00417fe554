package dev.rollcall.client.cache;

import dev.rollcall.client.ServiceInstance;
import dev.rollcall.client.ServiceSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The instances of one service, kept up to date by a watch. Reading is lock-free and never waits.
 * While the registry is out of reach the last known instances stay; see {@link #state()}. Caches of
 * the same service and filter share one watch. Any thread.
 */
public final class ServiceCache implements AutoCloseable {
  private final ServiceFeed feed;
  private final Runnable release;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  ServiceCache(ServiceFeed feed, Runnable release) {
    this.feed = feed;
    this.release = release;
  }

  /** The service, as asked for. */
  public String service() {
    return feed.service();
  }

  /**
   * All instances known, in order of id, whatever their status. Immutable; the same list until
   * something changes. That too many leases lapse at once is told by the instances whose leases
   * did: they are {@linkplain dev.rollcall.client.Standing#isSuspect suspect}.
   */
  public List<ServiceInstance> instances() {
    return feed.view().instances();
  }

  /** The revision of the registry up to which every change is in; 0 before the first state. */
  public long revision() {
    return feed.view().revision();
  }

  /**
   * What operators laid down for the service: labels, a hint how to choose, subsets; empty when
   * nothing. The cache does not go by it; whoever chooses may.
   */
  public Optional<ServiceSpec> spec() {
    return feed.view().spec();
  }

  /** How far the instances can be trusted. */
  public CacheState state() {
    return feed.view().state();
  }

  /** Instances, revision, spec and state of one moment. */
  public CacheView view() {
    return feed.view();
  }

  /**
   * Waits until the first state is there. That there are no instances is taken only from a node
   * that hears its leader, and after a moment. Blocks.
   *
   * @return false when time ran out
   * @throws IllegalStateException when the client was closed
   */
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    return feed.awaitReady(timeout);
  }

  /**
   * Calls the listener on the client's callback thread with what changed, at first with all
   * instances as added, if there are any. One that is slow gets several changes joined into one.
   */
  public void addListener(Consumer<CacheChange> listener) {
    feed.addListener(this, listener);
  }

  /**
   * Calls the listener on the client's callback thread when the state becomes another kind; one
   * that is slow may miss states that did not last.
   */
  public void onStateChange(Consumer<CacheState> listener) {
    feed.addStateListener(this, listener);
  }

  /** Ends it: nothing changes any more, listeners are not called again. Does not block. */
  @Override
  public void close() {
    if (isClosed.compareAndSet(false, true)) {
      feed.removeListeners(this);
      release.run();
    }
  }
}
