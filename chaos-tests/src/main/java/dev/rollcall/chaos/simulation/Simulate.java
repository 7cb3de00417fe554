package dev.rollcall.chaos.simulation;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs many seeds, on all cores, a seed on one; stops at the first that fails and says how to run
 * it again.
 */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs whole clusters in virtual time under faults, each from one seed.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:every seed passed and the faults were enough to mean something",
      "1:a seed failed, or too little happened",
      "2:wrong usage"
    })
public final class Simulate implements Callable<Integer> {
  @Option(names = "--seeds", defaultValue = "100", description = "How many; ${DEFAULT-VALUE}.")
  private long seeds;

  @Option(names = "--first-seed", defaultValue = "1", description = "The first; ${DEFAULT-VALUE}.")
  private long firstSeed;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "Virtual seconds under faults, at least 1; the peace after them comes on top.")
  private int seconds;

  @Option(names = "--hash", description = "Prints each seed's hash over every event and Ready.")
  private boolean hashed;

  /** Runs the seeds named by the arguments. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Simulate()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    long start = System.nanoTime();
    var runs = new Seeds(firstSeed, seeds, seconds, hashed);
    var failure =
        runs.runAll(done -> System.err.printf("simulate: %,d of %,d seeds%n", done, seeds));
    if (hashed) {
      runs.hashes().forEach((seed, hash) -> System.out.printf("seed %d hash %s%n", seed, hash));
    }
    Totals totals = runs.totals();
    System.out.printf(
        "simulate: %,d seeds from %d passed in %.0f s%n%s",
        totals.seeds, firstSeed, (System.nanoTime() - start) / 1e9, totals.describe());
    if (failure.isPresent()) {
      report(failure.get());
      return 1;
    }
    List<String> missing = totals.missing(seconds);
    missing.forEach(line -> System.err.println("simulate: too little happened: " + line));
    return missing.isEmpty() ? 0 : 1;
  }

  private void report(Seeds.Failure failure) {
    System.err.printf("simulate: seed %d FAILED: %s%n", failure.seed(), failure.cause());
    failure.cause().printStackTrace(System.err);
    System.err.printf(
        "simulate: again: bin/simulate --seeds 1 --first-seed %d --seconds %d%n",
        failure.seed(), seconds);
  }
}
