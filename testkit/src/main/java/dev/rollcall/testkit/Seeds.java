package dev.rollcall.testkit;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Runs random tests over pinned seeds, so that a failure says how to repeat it. */
public final class Seeds {
  private Seeds() {}

  /** A test that draws all its chances from one generator. */
  @FunctionalInterface
  public interface Body {
    /** Runs it. */
    void run(RandomGenerator random) throws Exception;
  }

  /** Runs the test for every seed below {@code count}; the first that fails is named. */
  public static void each(int count, Body body) {
    for (long seed = 0; seed < count; seed++) {
      one(seed, body);
    }
  }

  /** Runs the test for one seed, which is named when it fails. */
  public static void one(long seed, Body body) {
    try {
      body.run(generator(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  /** Chance that repeats. */
  public static RandomGenerator generator(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** One of the choices, each as likely as the others. */
  public static <T> T oneOf(RandomGenerator random, T[] choices) {
    return choices[random.nextInt(choices.length)];
  }
}
