package dev.rollcall.store.fake;

import dev.rollcall.store.OrderedStore.StorageFailure;
import dev.rollcall.store.fake.MemoryOrderedStore.Step;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The disk under a store and those that take its place: says which of them is in use, in the eyes
 * of the process and after a crash, and fails on command. Any thread.
 */
final class MemoryRowDisk {
  private @Nullable MemoryOrderedStore inUse;
  private @Nullable MemoryOrderedStore inUseAfterCrash;
  private long operationsUntilFailure = Long.MAX_VALUE;
  private @Nullable Step failingStep;
  private boolean failingStepIsDone;
  private boolean failed;
  private boolean isOver;

  /** The first store, as the disk shows it to a new process. */
  synchronized void begin(MemoryOrderedStore first) {
    inUse = first;
    inUseAfterCrash = first;
  }

  synchronized void switchTo(MemoryOrderedStore next) {
    inUse = next;
  }

  synchronized void forceSwitch() {
    inUseAfterCrash = inUse;
  }

  /**
   * The store that the next process will find. Nothing can be done with this disk any more.
   *
   * @param keepsSwitch whether a switch that was not forced is on the disk all the same
   */
  synchronized MemoryOrderedStore crash(boolean keepsSwitch) {
    isOver = true;
    return Objects.requireNonNull(keepsSwitch ? inUse : inUseAfterCrash);
  }

  synchronized void failAfter(long operations) {
    operationsUntilFailure = operations;
  }

  synchronized void failAt(Step step, boolean isDone) {
    failingStep = step;
    failingStepIsDone = isDone;
  }

  synchronized void failNoMore() {
    failingStep = null;
  }

  synchronized boolean hasFailed() {
    return failed;
  }

  synchronized void begin(Step step) {
    if (step == failingStep && !failingStepIsDone) {
      operationsUntilFailure = 0;
    }
  }

  /** The step has happened; whether its caller may know is another matter. */
  synchronized void end(Step step) {
    if (step == failingStep && failingStepIsDone) {
      operationsUntilFailure = 0;
      use("the end of " + step);
    }
  }

  /** Whether nothing more reaches the disk. */
  synchronized boolean isDead() {
    return failed || isOver;
  }

  synchronized void use(String what) {
    if (isOver) {
      throw new IllegalStateException(what + " after a crash");
    }
    if (operationsUntilFailure == 0) {
      failed = true;
      throw new StorageFailure(what + " failed", new IOException("told to fail"));
    }
    operationsUntilFailure--;
  }
}
