package dev.rollcall.client.cache;

import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.watch.Watches;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;

/** All caches of one client; those of the same service and filter share a feed. Any thread. */
public final class ServiceCaches {
  private final EventLoop loop;
  private final Executor callbacks;
  private final Watches watches;

  // Owned by the loop. The shared feeds themselves are found under the lock of this map.
  private final Map<String, Shared> byName = new HashMap<>();

  /** Has none yet. */
  public ServiceCaches(EventLoop loop, Executor callbacks, Watches watches) {
    this.loop = loop;
    this.callbacks = callbacks;
    this.watches = watches;
  }

  /**
   * A cache of a service, or of those of its instances that fit a filter (empty: all), which fills
   * as soon as a node answers.
   */
  public ServiceCache cache(String namespace, String service, String filter) {
    String name = (namespace + '/' + service).toLowerCase(Locale.ROOT) + ' ' + filter;
    synchronized (byName) {
      Shared shared = byName.get(name);
      if (shared == null) {
        shared = new Shared(new ServiceFeed(loop, callbacks, service));
        byName.put(name, shared);
        Shared started = shared;
        loop.execute(() -> started.end = watches.watch(namespace, service, filter, started.feed));
      }
      shared.users++;
      return new ServiceCache(shared.feed, () -> release(name));
    }
  }

  private void release(String name) {
    synchronized (byName) {
      Shared shared = byName.get(name);
      if (shared != null && --shared.users == 0) {
        byName.remove(name);
        loop.execute(() -> shared.end.run());
      }
    }
  }

  /** Nobody has to wait for a first state any more. */
  public void close() {
    synchronized (byName) {
      byName.values().forEach(shared -> shared.feed.closed());
    }
  }

  /** A feed and how many caches read it. */
  private static final class Shared {
    final ServiceFeed feed;
    int users;
    Runnable end = () -> {};

    Shared(ServiceFeed feed) {
      this.feed = feed;
    }
  }
}
