package dev.rollcall.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/** First starts of many kinds. A seed that fails is run again with bin/simulate. */
class BootstrapSimulationTest {
  private static final long SEEDS = 200;

  @Test
  void oneClusterIsFoundedOrNone() {
    int serving = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        serving += BootstrapSimulation.run(seed);
      } catch (RuntimeException e) {
        fail("seed " + seed, e);
      }
    }
    assertThat(serving).isGreaterThan(400);
  }
}
