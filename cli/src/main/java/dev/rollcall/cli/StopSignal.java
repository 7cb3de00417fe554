package dev.rollcall.cli;

import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;

/**
 * What happens when somebody stops this process (SIGTERM, Ctrl-C): the work that was begun under
 * {@link #install} comes to its end first, and decides the exit code. Installed before the work
 * begins, so that no moment is left in which a signal would leave something behind.
 */
final class StopSignal {
  private final CountDownLatch signalled = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stopped, "stop");
  private Runnable reaction = () -> {};
  private OptionalInt exitCode = OptionalInt.empty();

  private StopSignal() {}

  /** From now on a signal waits for {@link #over}. */
  static StopSignal install() {
    var stop = new StopSignal();
    Runtime.getRuntime().addShutdownHook(stop.hook);
    return stop;
  }

  /** Waits for the signal. */
  void await() throws InterruptedException {
    signalled.await();
  }

  /** Runs this when the signal comes, at once if it came already. */
  synchronized void react(Runnable action) {
    reaction = action;
    if (signalled.getCount() == 0) {
      action.run();
    }
  }

  /** The work has ended, and with what code the process ends if it was stopped. */
  synchronized void over(int code) {
    exitCode = OptionalInt.of(code);
    uninstall();
  }

  /** The work has failed; a process that was stopped ends as one does that was stopped. */
  void failed() {
    uninstall();
  }

  private void uninstall() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException stopping) {
      // Then the hook waits for this.
      over.countDown();
    }
  }

  private void stopped() {
    synchronized (this) {
      signalled.countDown();
      reaction.run();
    }
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      // Being stopped is how this ends well: not with the code of a signal.
      exitCode.ifPresent(Runtime.getRuntime()::halt);
    }
  }
}
