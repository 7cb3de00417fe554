package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.Observation.LockHeld;
import dev.rollcall.chaos.simulation.Observation.LockLeft;
import java.util.TreeMap;

/**
 * A lock has one holder at a time, as long as holders give it up in time by a clock that is right;
 * and each has a higher fencing token than all before, whatever the clocks say.
 */
@Heeds({LockHeld.class, LockLeft.class})
final class LockIsExclusive implements Invariant {
  private final TreeMap<Integer, Long> holders = new TreeMap<>();
  private long highestToken;

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case LockHeld(int locker, long token) -> {
        require(
            token > highestToken,
            "locker %d holds the lock with token %d, after one with %d",
            locker,
            token,
            highestToken);
        require(holders.isEmpty(), "locker %d holds the lock, and so does %s", locker, holders);
        highestToken = token;
        holders.put(locker, token);
      }
      case LockLeft(int locker) -> holders.remove(locker);
      default -> {}
    }
  }
}
