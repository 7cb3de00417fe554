package dev.rollcall.store.watch;

import dev.rollcall.store.Invariant;
import dev.rollcall.store.instance.ServiceKey;
import dev.rollcall.store.instance.ServiceSnapshot;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where one watcher of one service's state stands: first a snapshot, then every delta after it, in
 * order; or, when the ring has moved on or a snapshot was installed, another snapshot that says so.
 *
 * <p>Used by one thread at a time. Call {@link #next} until it is {@link StateEvent.Idle}; then
 * wait for the wake-up. The wake-up comes on the apply thread, at most once between two calls of
 * {@link #next}, and must only pass the word on.
 */
public final class StateCursor implements AutoCloseable {
  private final WatchHub hub;
  private final Topic topic;
  private final Function<ServiceKey, ServiceSnapshot> snapshots;
  private final Runnable wakeUp;

  /** Whether the watcher has been told to wait, and so is to be woken. */
  private final AtomicBoolean isWaiting = new AtomicBoolean();

  /**
   * What was given last, or was the last when the snapshot was taken; null before the first event.
   */
  private Topic.@Nullable Link position;

  /** Of the last snapshot or delta given. */
  private long revision;

  StateCursor(
      WatchHub hub, Topic topic, Function<ServiceKey, ServiceSnapshot> snapshots, Runnable wakeUp) {
    this.hub = hub;
    this.topic = topic;
    this.snapshots = snapshots;
    this.wakeUp = wakeUp;
  }

  /** What comes next for this watcher. */
  public StateEvent next() {
    isWaiting.set(false);
    var event = poll();
    if (!(event instanceof StateEvent.Idle)) {
      return event;
    }
    isWaiting.set(true);
    // Once more: what was linked before we said so wakes nobody. All fields involved are volatile,
    // so
    // either we see the link here, or its publisher sees that we wait.
    event = poll();
    if (!(event instanceof StateEvent.Idle)) {
      isWaiting.set(false);
    }
    return event;
  }

  /** Ends the watch. A wake-up that is on its way may still come. */
  @Override
  public void close() {
    isWaiting.set(false);
    hub.end(topic, this);
  }

  /** Tells the watcher, if it waits, that there is something. Apply thread. */
  void wake() {
    if (isWaiting.compareAndSet(true, false)) {
      wakeUp.run();
    }
  }

  private StateEvent poll() {
    var at = position;
    if (at == null) {
      return snapshot(false);
    }
    while (true) {
      var next = at.next();
      if (next == null) {
        return StateEvent.Idle.NOW;
      }
      var delta = next.delta;
      if (next == at || delta == null) {
        return snapshot(true);
      }
      at = next;
      position = at;
      // A snapshot contains what was linked while it was taken.
      if (delta.revision() > revision) {
        Invariant.check(
            delta.previousRevision() == revision,
            "watch of %s stands at revision %d, but its next change follows on %d",
            topic.service,
            revision,
            delta.previousRevision());
        revision = delta.revision();
        return delta;
      }
    }
  }

  private StateEvent snapshot(boolean reset) {
    // In this order: a delta is linked after the snapshot that contains it was published, so what
    // is
    // linked already is in the snapshot, and what is linked from now on comes after this position.
    position = topic.last();
    var snapshot = snapshots.apply(topic.service);
    revision = snapshot.revision();
    return new StateEvent.Snapshot(snapshot, reset);
  }
}
