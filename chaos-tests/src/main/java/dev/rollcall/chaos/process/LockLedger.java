package dev.rollcall.chaos.process;

import dev.rollcall.client.lock.Lock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who believes to hold the lock, all in this process. Any thread. */
final class LockLedger {
  // All guarded by this.
  private final List<Lock.Held> holders = new ArrayList<>();
  private long highestToken;
  private int held;
  private int lost;

  /**
   * Somebody got the lock.
   *
   * @throws ChaosFailure when another one believes to have it, or has had a higher token
   */
  synchronized void begins(Lock.Held holder) {
    if (!holder.isHeld()) {
      return;
    }
    Optional<Lock.Held> other = holders.stream().filter(Lock.Held::isHeld).findAny();
    // This one may have lost it while the other was asked.
    if (other.isPresent() && holder.isHeld()) {
      throw new ChaosFailure(
          "two hold the lock: the tokens %d and %d"
              .formatted(other.get().fencingToken(), holder.fencingToken()));
    }
    if (holder.fencingToken() <= highestToken) {
      throw new ChaosFailure(
          "the fencing token %d came after %d".formatted(holder.fencingToken(), highestToken));
    }
    highestToken = holder.fencingToken();
    holders.add(holder);
    held++;
    notifyAll();
  }

  /** It is about to give it back, or has lost it. */
  synchronized void ends(Lock.Held holder) {
    if (holders.remove(holder) && !holder.isHeld()) {
      lost++;
    }
  }

  /** How often the lock was got. */
  synchronized int held() {
    return held;
  }

  /** How often it was lost while it was held. */
  synchronized int lost() {
    return lost;
  }

  /** Waits until it was got so often; false when that takes too long. */
  synchronized boolean awaitHeld(int count, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (held < count) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
