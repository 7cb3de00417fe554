package dev.rollcall.store.watch;

import dev.rollcall.store.watch.ChangedRevision.View;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where one watcher of changes stands: every revision from the first one wanted on, whole, in
 * order, once; or the end, when the change log does not go back to it. What the shared chain has
 * comes from there; what came before, or was let go, or came by an installed snapshot, from the
 * change log.
 *
 * <p>{@link #next} is for one thread at a time. After {@link ChangesEvent.NeedsLog}, {@link
 * #readLog} is to run, on any thread, before it is asked again; after {@link ChangesEvent.Idle} the
 * wake-up comes, as with {@link StateCursor}.
 */
public final class ChangesCursor implements AutoCloseable {
  private final WatchHub hub;
  private final Topic topic;
  private final View view;
  private final Waiter waiter;

  /** Everything before it was given, or is not wanted. */
  private long nextRevision;

  /** What comes up to here is in the log, and so not taken from the chain. */
  private long logUntil;

  /** All that comes after {@link #logUntil} is linked behind it; null when that is not so. */
  private @Nullable Link position;

  /** What was read of the log and is not given yet. Handed over by {@link #readLog}. */
  private volatile @Nullable LogPage page;

  /** As of the last {@link ChangesEvent.Idle}. */
  private long reached;

  private boolean isLost;

  ChangesCursor(WatchHub hub, Topic topic, View view, long startRevision, Waiter waiter) {
    this.hub = hub;
    this.topic = topic;
    this.view = view;
    this.waiter = waiter;
    nextRevision = startRevision;
  }

  /**
   * A part of the log.
   *
   * @param until revisions up to it that are not in here show nothing
   * @param compactRevision what the log begins with, when it does not go back far enough; else 0
   */
  record LogPage(ArrayDeque<ChangedRevision> revisions, long until, long compactRevision) {}

  /** What comes next for this watcher. */
  public ChangesEvent next() {
    waiter.isWaiting(false);
    var event = poll();
    if (!(event instanceof ChangesEvent.Idle)) {
      return event;
    }
    waiter.isWaiting(true);
    // Once more, as StateCursor does.
    event = poll();
    if (!(event instanceof ChangesEvent.Idle)) {
      waiter.isWaiting(false);
    }
    return event;
  }

  /**
   * Reads on in the change log, so far as a page goes. Any thread that may wait for a disk, while
   * nobody is in {@link #next}.
   */
  public void readLog() {
    page = LogReader.read(hub.store(), topic.scope, view, nextRevision, logUntil);
  }

  /** Ends the watch. A wake-up that is on its way may still come. */
  @Override
  public void close() {
    waiter.isWaiting(false);
    hub.end(topic, waiter);
  }

  /** As {@link StateCursor#goesOnFor}. */
  public boolean goesOnFor(ChangesCursor other) {
    return topic == other.topic
        && view.equals(other.view)
        && position == other.position
        && isSettled()
        && other.isSettled();
  }

  /** Whether all that comes is on the chain, and none of it will be left out. */
  private boolean isSettled() {
    return position != null
        && page == null
        && !isLost
        && nextRevision > logUntil
        && nextRevision <= reached + 1;
  }

  private ChangesEvent poll() {
    while (true) {
      var read = page;
      if (read != null) {
        var event = take(read);
        if (event.isPresent()) {
          return event.get();
        }
      } else if (isLost || nextRevision <= logUntil) {
        return ChangesEvent.NeedsLog.NOW;
      } else if (position == null) {
        join();
      } else {
        var event = walk(position);
        if (event.isPresent()) {
          return event.get();
        }
      }
    }
  }

  private Optional<ChangesEvent> take(LogPage read) {
    if (read.compactRevision() > 0) {
      isLost = true;
      return Optional.of(new ChangesEvent.Lost(read.compactRevision()));
    }
    var revision = read.revisions().poll();
    if (revision == null) {
      nextRevision = read.until() + 1;
      page = null;
      return Optional.empty();
    }
    nextRevision = revision.revision() + 1;
    return Optional.of(new ChangesEvent.Changed(revision));
  }

  private void join() {
    var start = topic.start();
    if (start.revision() < nextRevision) {
      position = start.link();
      return;
    }
    // In this order: what is linked from now on comes after this position, and what was linked
    // before is of a revision that the registry shows by now, and so in the log up to that.
    position = topic.last();
    logUntil = hub.store().status().revision();
  }

  private Optional<ChangesEvent> walk(Link at) {
    // Before the links are looked at: all up to it are linked.
    long published = hub.published();
    var next = at.next();
    if (next == null) {
      reached = published;
      nextRevision = Math.max(nextRevision, published + 1);
      return Optional.of(new ChangesEvent.Idle(published));
    }
    if (next == at || next.isGap()) {
      position = null;
      return Optional.empty();
    }
    position = next;
    if (next.revision < nextRevision) {
      return Optional.empty();
    }
    nextRevision = next.revision + 1;
    Optional<ChangedRevision> seen =
        next.seenBy(
            view, by -> ChangedRevision.of(next.revision, next.wallMillis, next.changes, by));
    return seen.map(ChangesEvent.Changed::new);
  }
}
