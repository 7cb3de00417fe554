package dev.rollcall.store;

import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Runs random tests so that a failure says how to repeat it. */
public final class Seeds {
  private Seeds() {}

  /** Runs the test for every seed below {@code count}; the first that fails is named. */
  public static void each(int count, Consumer<RandomGenerator> test) {
    for (long seed = 0; seed < count; seed++) {
      try {
        test.accept(generator(seed));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** Chance that repeats. */
  public static RandomGenerator generator(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
