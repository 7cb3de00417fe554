package dev.rollcall.store.watch;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether a cursor has been told to wait, and so is to be woken. Any thread. */
final class Waiter {
  private final AtomicBoolean isWaiting = new AtomicBoolean();
  private final Runnable wakeUp;

  Waiter(Runnable wakeUp) {
    this.wakeUp = wakeUp;
  }

  void isWaiting(boolean waits) {
    isWaiting.set(waits);
  }

  /** Tells the watcher, if it waits, that there is something. */
  void wake() {
    if (isWaiting.compareAndSet(true, false)) {
      wakeUp.run();
    }
  }
}
