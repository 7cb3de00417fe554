package dev.rollcall.server.watch;

import com.google.protobuf.ByteString;
import dev.rollcall.server.watch.WatchMessages.Farewell;
import dev.rollcall.store.watch.WatchScope;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Watches of one stream that see the same and stand at the same place: one cursor, one message for
 * all. A watch begins in a group of its own, which joins the older one once both have nothing more
 * to say. Watch thread.
 */
final class WatchGroup extends Talker {
  private final WatchedView view;
  private final WatchStream stream;
  private final WatchPump pump;
  private final Feed feed;
  private final LinkedHashSet<Watch> watches = new LinkedHashSet<>();

  /** Who is told, encoded; null when that has changed. */
  private @Nullable ByteString to;

  /** Where it started, of changes. */
  private final long startRevision;

  /** The highest floor of its watches. */
  private long floor;

  private long progressRevision;
  private long progressRound;
  private boolean toldStale;
  private boolean isOver;

  /** Whether it is the one that others of its view join. */
  private boolean isOldest;

  private WatchGroup(
      Watch first, WatchedView view, long startRevision, WatchStream stream, WatchPump pump) {
    this.view = view;
    this.stream = stream;
    this.pump = pump;
    this.startRevision = startRevision;
    watches.add(first);
    floor = first.floor();
    progressRound = pump.progressRound();
    toldStale = pump.isStale();
    feed = feed();
  }

  /** A group of one. */
  static WatchGroup begin(
      Watch first, WatchedView view, long startRevision, WatchStream stream, WatchPump pump) {
    var group = new WatchGroup(first, view, startRevision, stream, pump);
    stream.begun(group);
    return group;
  }

  @Override
  boolean isOver() {
    return isOver;
  }

  /** The watch is told nothing any more. */
  void leave(Watch watch) {
    if (watches.remove(watch)) {
      to = null;
      if (watches.isEmpty()) {
        over();
      }
    }
  }

  @Override
  @Nullable WatchMessage next() {
    if (isOver) {
      return null;
    }
    return switch (feed.next()) {
      case Feed.Message message -> WatchMessages.of(to(), message);
      case Feed.Busy busy -> null;
      case Feed.Lost(long compactRevision) -> {
        var lost = Farewell.compacted(startRevision, compactRevision);
        var message = pump.messages().canceled(to(), lost);
        var left = List.copyOf(watches);
        over();
        left.forEach(stream::isOver);
        yield message;
      }
      case Feed.Idle(long reached) -> aside(reached);
    };
  }

  /** What is said beside the changes, when there are none. */
  private @Nullable WatchMessage aside(long reached) {
    if (toldStale != pump.isStale()) {
      toldStale = pump.isStale();
      return WatchMessages.freshness(to(), toldStale);
    }
    if (progressRound != pump.progressRound()) {
      progressRound = pump.progressRound();
      if (reached >= floor && reached > Math.max(progressRevision, feed.delivered())) {
        progressRevision = reached;
        return WatchMessages.progress(to(), reached);
      }
    }
    joinOthers();
    return null;
  }

  private void joinOthers() {
    if (isOldest) {
      return;
    }
    var oldest = stream.oldest(view, this);
    isOldest = oldest == this;
    if (!isOldest && oldest.toldStale == toldStale && oldest.feed.goesOnFor(feed)) {
      oldest.takeOver(this);
    }
  }

  private void takeOver(WatchGroup other) {
    for (Watch watch : other.watches) {
      watches.add(watch);
      watch.join(this);
    }
    to = null;
    floor = Math.max(floor, other.floor);
    progressRevision = Math.max(progressRevision, other.progressRevision);
    other.watches.clear();
    other.over();
  }

  private void over() {
    isOver = true;
    feed.close();
    stream.isOver(view, this);
  }

  private ByteString to() {
    var encoded = to;
    if (encoded == null) {
      encoded = WatchMessages.to(watches.stream().map(Watch::id).toList());
      to = encoded;
    }
    return encoded;
  }

  private Feed feed() {
    var hub = pump.parts().hub();
    Runnable wakeUp = () -> stream.wake(this);
    if (view.isChanges()) {
      return new ChangesFeed(
          hub.watchChanges(
              view.scope(), view.filter(), view.previousValues(), startRevision, wakeUp),
          pump.logReads(),
          wakeUp);
    }
    return new StateFeed(
        hub.watchState(view.scope(), view.filter(), wakeUp),
        view.scope() instanceof WatchScope.Services,
        pump::reset);
  }
}
