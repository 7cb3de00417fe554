package dev.rollcall.chaos.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chaos leader-kill}: {@link LeaderKillRounds} with figures. */
@Command(
    name = "leader-kill",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Kills the leader of three processes with kill -9, and measures the time to the next"
            + " acknowledged write.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:the median is at most 1500 ms, three times the goal",
      "1:it is not, or the cluster did not come back",
      "2:wrong usage"
    })
final class LeaderKill implements Callable<Integer> {
  private static final Duration MEDIAN_GOAL = Duration.ofMillis(500);
  private static final Duration MEDIAN_MAX = MEDIAN_GOAL.multipliedBy(3);

  @Option(names = "--rounds", defaultValue = "20", description = "How many; ${DEFAULT-VALUE}.")
  private int rounds;

  @Override
  public Integer call() throws IOException {
    Path directory = Files.createTempDirectory("rollcall-leader-kill-");
    System.out.printf("leader-kill: %d rounds, in %s%n", rounds, directory);
    Duration median;
    try (var run = new LeaderKillRounds(directory)) {
      List<Duration> found =
          run.run(
              rounds,
              round ->
                  System.out.printf(
                      "round %2d  node %d killed, next write after %,d ms%n",
                      round.number(), round.leader(), round.toWrite().toMillis()));
      median = Timing.median(found);
      System.out.printf(
          "leader-kill: %d kills, next acknowledged write after %,d ms (median), %,d ms (least) to"
              + " %,d ms (most); goal %d ms%n",
          found.size(),
          median.toMillis(),
          found.getFirst().toMillis(),
          found.getLast().toMillis(),
          MEDIAN_GOAL.toMillis());
    } catch (ChaosFailure e) {
      System.out.printf("FAILED: %s%n", e.getMessage());
      System.out.printf("leader-kill: the nodes' directories and output are in %s%n", directory);
      return 1;
    }
    Scratch.delete(directory);
    return median.compareTo(MEDIAN_MAX) <= 0 ? 0 : 1;
  }
}
