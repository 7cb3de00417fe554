package dev.rollcall.client.cache;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Brings the newest view to one listener, at most one delivery waiting at a time: a slow listener
 * costs a bounded amount of memory and skips what did not last.
 */
final class Conflated<V> {
  private final Executor callbacks;
  private final Object owner;
  private final Consumer<V> listener;
  private final Supplier<V> newest;
  private final AtomicBoolean isWaiting = new AtomicBoolean();
  private volatile boolean isEnded;

  Conflated(Executor callbacks, Object owner, Supplier<V> newest, Consumer<V> listener) {
    this.callbacks = callbacks;
    this.owner = owner;
    this.newest = newest;
    this.listener = listener;
  }

  Object owner() {
    return owner;
  }

  /** There is a newer view. Any thread. */
  void offer() {
    if (isWaiting.compareAndSet(false, true)) {
      callbacks.execute(() -> {
        // First, so that a view published from here on makes another delivery.
        isWaiting.set(false);
        if (!isEnded) {
          listener.accept(newest.get());
        }
      });
    }
  }

  void end() {
    isEnded = true;
  }
}
