package dev.rollcall.client.changes;

import dev.rollcall.client.transport.EventLoop;
import dev.rollcall.client.transport.Nodes;
import dev.rollcall.client.watch.Watches;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * All change feeds of one client. Each has a stream of its own, so that one whose listener is slow
 * holds up nobody else. Any thread.
 */
public final class ChangeFeeds {
  /** Messages on their way to a feed at most, up to 1 MiB each. */
  private static final int IN_FLIGHT_MAX = 2;

  private final EventLoop loop;
  private final Executor callbacks;
  private final Nodes nodes;
  private final String namespace;

  /** Owned by the loop. */
  private final Set<ChangeFeed> open = new HashSet<>();

  /** Has none yet. */
  public ChangeFeeds(EventLoop loop, Executor callbacks, Nodes nodes, String namespace) {
    this.loop = loop;
    this.callbacks = callbacks;
    this.nodes = nodes;
    this.namespace = namespace;
  }

  /** A feed, which begins as soon as a node answers. */
  public ChangeFeed feed(ChangeQuery query, ChangeListener listener) {
    var watches = new Watches(loop, nodes, IN_FLIGHT_MAX);
    var feeds = new ChangeFeed[1];
    var feed =
        new ChangeFeed(
            loop, callbacks, watches, namespace, query, listener, () -> open.remove(feeds[0]));
    feeds[0] = feed;
    loop.execute(() -> {
      open.add(feed);
      feed.start();
    });
    return feed;
  }

  /** Ends all of them. On the loop. */
  public void close() {
    List.copyOf(open).forEach(ChangeFeed::end);
  }
}
