package dev.rollcall.chaos.simulation;

import static dev.rollcall.chaos.simulation.VirtualTime.SECOND;

import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All that decides a run.
 *
 * @param chaosSeconds virtual seconds under faults, before the peace
 * @param onlyStrikes of the seed's schedule, by number; empty for all of them
 */
record Scenario(long seed, int chaosSeconds, Optional<Set<Integer>> onlyStrikes) {
  private static final int OPERATIONS_PER_MINUTE_MIN = 2_000;

  /** A seed with all its faults. */
  static Scenario of(long seed, int chaosSeconds) {
    return new Scenario(seed, chaosSeconds, Optional.empty());
  }

  /** The same with no other faults than these. */
  Scenario withOnly(Set<Integer> strikes) {
    return new Scenario(seed, chaosSeconds, Optional.of(strikes));
  }

  long chaosNanos() {
    return chaosSeconds * SECOND;
  }

  /** What its clients have to get done; where the trouble was too much, the peace lasts longer. */
  long operationsMin() {
    return (long) OPERATIONS_PER_MINUTE_MIN * chaosSeconds / 60;
  }

  FaultSchedule schedule() {
    // Not from the random numbers of the world: what it draws leaves the schedule alone.
    var all =
        FaultSchedule.draw(new SplittableRandom(~seed), chaosNanos())
            .withLapses(new SplittableRandom(~seed * 31 + 5), chaosNanos());
    return onlyStrikes.map(all::only).orElse(all);
  }

  /** The command that runs exactly this. */
  String command() {
    return String.format("bin/simulate --seeds 1 --first-seed %d --seconds %d", seed, chaosSeconds)
        + onlyStrikes.map(it -> " --only-strikes " + list(it)).orElse("");
  }

  private static String list(Set<Integer> strikes) {
    return strikes.isEmpty()
        ? "none"
        : new TreeSet<>(strikes).stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
