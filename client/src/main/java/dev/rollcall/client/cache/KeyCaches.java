package dev.rollcall.client.cache;

import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.watch.Watches;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;

/** All caches of keys of one client. Any thread. */
public final class KeyCaches {
  private final EventLoop loop;
  private final Executor callbacks;
  private final Watches watches;

  /** The feeds in use, and what ends each of them; owned by the loop. */
  private final Map<KeyFeed, Runnable> open = new HashMap<>();

  /** Has none yet. */
  public KeyCaches(EventLoop loop, Executor callbacks, Watches watches) {
    this.loop = loop;
    this.callbacks = callbacks;
    this.watches = watches;
  }

  /** A cache of a key, or of all that begin so, which fills as soon as a node answers. */
  public KeyCache cache(String namespace, String key, boolean isPrefix) {
    var feed = new KeyFeed(loop, callbacks);
    loop.execute(() -> open.put(feed, watches.watchKeys(namespace, key, isPrefix, feed)));
    return new KeyCache(feed, () -> loop.execute(() -> release(feed)));
  }

  private void release(KeyFeed feed) {
    Runnable end = open.remove(feed);
    if (end != null) {
      end.run();
    }
  }

  /** Nobody has to wait for a first state any more. On the loop. */
  public void close() {
    open.keySet().forEach(KeyFeed::closed);
  }
}
