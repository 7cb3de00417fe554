package dev.rollcall.raft.core;

import java.util.random.RandomGenerator;

/** Draws always the same: node n waits n ticks longer than an election timeout. */
record FixedWait(long number) implements RandomGenerator {
  @Override
  public int nextInt(int bound) {
    return (int) Math.min(number, bound - 1);
  }

  @Override
  public long nextLong() {
    return number * 1000;
  }
}
