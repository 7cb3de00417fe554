package dev.rollcall.chaos.simulation;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One fault of a schedule.
 *
 * @param number its place in the whole schedule, by which it is kept or cut
 * @param seed of its details
 */
record Strike(int number, long atNanos, FaultKind kind, long seed) {
  /** What its details are drawn from: nothing else draws from it. */
  RandomGenerator random() {
    return new SplittableRandom(seed);
  }
}
