package dev.rollcall.raft.log;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Runs a random test over pinned seeds and names the seed that fails. */
final class Seeds {
  private Seeds() {}

  /** A test that draws all its chances from one generator. */
  interface Body {
    void run(RandomGenerator random) throws Exception;
  }

  static void each(int count, Body body) {
    for (long seed = 1; seed <= count; seed++) {
      one(seed, body);
    }
  }

  static void one(long seed, Body body) {
    try {
      body.run(random(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  static <T> T oneOf(RandomGenerator random, T[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
