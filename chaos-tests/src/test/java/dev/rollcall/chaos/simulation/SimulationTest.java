package dev.rollcall.chaos.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whole clusters in virtual time. A seed that fails is run again with bin/simulate. */
class SimulationTest {
  private static final long FIRST_SEED = 1;
  private static final long SEEDS = 200;
  private static final int CHAOS_SECONDS = 20;
  private static final int HASHED_SECONDS = 8;

  @Test
  void everySeedKeepsEveryPromise() throws InterruptedException {
    var runs = new Seeds(FIRST_SEED, SEEDS, seed -> Scenario.of(seed, CHAOS_SECONDS), false);

    var failure = runs.runAll(done -> {});

    failure.ifPresent(it -> fail(it.scenario().command(), it.cause()));
    System.out.printf("%d seeds from %d:%n%s", SEEDS, FIRST_SEED, runs.totals().describe());
    assertThat(runs.totals().missing(CHAOS_SECONDS)).isEmpty();
  }

  @Test
  void theSameSeedInTwoJvmsGivesTheSameEventsAndReadys() throws Exception {
    int seeds = 2;
    var here = new Seeds(FIRST_SEED, seeds, seed -> Scenario.of(seed, HASHED_SECONDS), true);
    assertThat(here.runAll(done -> {})).isEmpty();

    var other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Simulate.class.getName(),
                "--hash",
                "--seeds=" + seeds,
                "--first-seed=" + FIRST_SEED,
                "--seconds=" + HASHED_SECONDS)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(other.getInputStream().readAllBytes(), UTF_8);

    assertThat(other.waitFor()).as(output).isLessThan(2);
    var there = new TreeMap<Long, String>();
    output
        .lines()
        .filter(line -> line.startsWith("seed "))
        .map(line -> line.split(" "))
        .forEach(words -> there.put(Long.valueOf(words[1]), words[3]));
    assertThat(there).hasSize(seeds).isEqualTo(here.hashes());
  }
}
