package dev.rollcall.chaos.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chaos kill-all}: {@link KillAllRounds} with figures. */
@Command(
    name = "kill-all",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Kills all nodes of a cluster at once, under load and over a write-back disk, and looks"
            + " whether every acknowledged registration is there after the restart.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:nothing was lost",
      "1:something was, or the cluster did not come back",
      "2:wrong usage"
    })
final class KillAll implements Callable<Integer> {
  @Option(names = "--rounds", defaultValue = "20", description = "How many; ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(names = "--nodes", defaultValue = "3", description = "Of one cluster; ${DEFAULT-VALUE}.")
  private int nodes;

  @Option(
      names = "--clients",
      defaultValue = "8",
      description = "That register at the same time; ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--seed",
      description =
          "Draws when to kill and whom; the time when not given. Processes have a pace"
              + " of their own, so a seed does not bring the same run back.")
  private @Nullable Long seed;

  @Override
  public Integer call() throws IOException {
    var plan =
        new KillAllRounds.Plan(rounds, nodes, clients, seed != null ? seed : System.nanoTime());
    Path directory = Files.createTempDirectory("rollcall-kill-all-");
    System.out.printf(
        "kill-all: %d rounds, %d nodes, %d clients, seed %d, in %s%n",
        rounds, nodes, clients, plan.seed(), directory);
    long start = System.nanoTime();
    var results = new ArrayList<KillAllRounds.Result>();
    try (var run = new KillAllRounds(plan, directory)) {
      run.run(result -> {
        results.add(result);
        print(result);
      });
    } catch (ChaosFailure e) {
      System.out.printf("FAILED: %s%n", e.getMessage());
      System.out.printf(
          "kill-all: seed %d; the nodes' directories and output are in %s%n",
          plan.seed(), directory);
      return 1;
    }
    printTotals(results, Timing.since(start));
    Scratch.delete(directory);
    return 0;
  }

  private static void print(KillAllRounds.Result result) {
    System.out.printf(
        "round %2d  %-14s  acknowledged %,7d  lost 0  leader after %s  equal at index %,d%n",
        result.round(),
        result.kind(),
        result.acknowledged(),
        Timing.seconds(result.toLeader()),
        result.agreement().appliedIndex());
  }

  private static void printTotals(List<KillAllRounds.Result> results, Duration took) {
    KillAllRounds.Result last = results.getLast();
    List<Duration> toLeader = results.stream().map(KillAllRounds.Result::toLeader).toList();
    System.out.printf(
        "kill-all: %d rounds, %,d acknowledged, 0 lost, %,d of unknown outcome; leader after %s"
            + " (median) to %s; %s%n",
        results.size(),
        last.acknowledged(),
        last.unknown(),
        Timing.seconds(Timing.median(toLeader)),
        Timing.seconds(Collections.max(toLeader)),
        Timing.seconds(took));
  }
}
