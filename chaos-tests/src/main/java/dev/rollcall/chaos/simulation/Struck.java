package dev.rollcall.chaos.simulation;

import dev.rollcall.chaos.simulation.FaultKind.Counted;
import java.util.Optional;

/**
 * A strike of a schedule and what it came to.
 *
 * @param what was done, for people; empty when there was nothing to do it to
 */
record Struck(Strike strike, Optional<String> what) {
  /** Whether it has struck, and does not lie in wait. */
  boolean isDone() {
    return what.isPresent() && strike.kind().counted() == Counted.AT_ONCE;
  }

  @Override
  public String toString() {
    return String.format(
        "#%-3d %8.3f s  %-16s %s",
        strike.number(), strike.atNanos() / 1e9, strike.kind(), what.orElse("found nothing"));
  }
}
