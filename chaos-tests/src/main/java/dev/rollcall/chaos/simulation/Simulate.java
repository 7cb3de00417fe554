package dev.rollcall.chaos.simulation;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Runs many seeds, on all cores, a seed on one; stops at the first that fails, looks for the faults
 * it needs, and says how to run it again.
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
  /** Set by bin/simulate where the source tree knows its commit. */
  private static final String COMMIT_PROPERTY = "rollcall.commit";

  private static final String NO_STRIKES = "none";

  @Option(names = "--seeds", defaultValue = "100", description = "How many; ${DEFAULT-VALUE}.")
  private long seeds;

  @Option(names = "--first-seed", defaultValue = "1", description = "The first; ${DEFAULT-VALUE}.")
  private long firstSeed;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description =
          "Virtual seconds under faults, at least 1; the peace after them comes on top."
              + " ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--only-strikes",
      split = ",",
      paramLabel = "NUMBER",
      description =
          "Of each seed's schedule of faults these alone, by number, or '" + NO_STRIKES + "'.")
  private @Nullable List<String> onlyStrikes;

  @Option(names = "--no-shrink", description = "A seed that fails is reported with all its faults.")
  private boolean asItIs;

  @Option(
      names = "--machine",
      description = {
        "Prints one line for scripts instead of the report, fields separated by tabs:",
        "'result', the seed that failed or '-', what broke or 'passed', seeds run up to it."
            + " Nothing is shrunk, and how much happened does not matter."
      })
  private boolean forMachines;

  @Option(names = "--hash", description = "Prints each seed's hash over every event and Ready.")
  private boolean hashed;

  @Spec private @Nullable CommandSpec spec;

  /** Runs the seeds named by the arguments. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Simulate()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    Optional<Set<Integer>> strikes = Optional.ofNullable(onlyStrikes).map(this::numbers);
    if (seeds < 1 || seconds < 1) {
      throw wrong("--seeds and --seconds are at least 1");
    }
    long start = System.nanoTime();
    var runs = new Seeds(firstSeed, seeds, seed -> new Scenario(seed, seconds, strikes), hashed);
    var failure =
        runs.runAll(done -> System.err.printf("simulate: %,d of %,d seeds%n", done, seeds));
    if (hashed) {
      runs.hashes().forEach((seed, hash) -> System.out.printf("seed %d hash %s%n", seed, hash));
    }
    if (forMachines) {
      System.out.println(line(failure));
      return failure.isPresent() ? 1 : 0;
    }
    Totals totals = runs.totals();
    System.out.printf(
        "simulate: %,d seeds from %d passed in %.0f s%n%s",
        totals.seeds, firstSeed, (System.nanoTime() - start) / 1e9, totals.describe());
    System.out.printf(
        "simulate: %,.0f virtual seconds in a second of one core%n",
        totals.virtualMillis * 1e6 / Math.max(1, runs.cpuNanos()));
    if (failure.isPresent()) {
      report(failure.get());
      return 1;
    }
    List<String> missing = strikes.isPresent() ? List.of() : totals.missing(seconds);
    missing.forEach(line -> System.err.println("simulate: too little happened: " + line));
    return missing.isEmpty() ? 0 : 1;
  }

  private String line(Optional<Failure> failure) {
    return failure
        .map(it -> {
          long seed = it.scenario().seed();
          return String.join("\t", "result", "" + seed, it.name(), "" + (seed - firstSeed + 1));
        })
        .orElseGet(() -> String.join("\t", "result", "-", "passed", "" + seeds));
  }

  private void report(Failure failure) {
    failure.cause().printStackTrace(System.err);
    System.err.printf(
        "simulate: seed %d FAILED at commit %s: %s%n",
        failure.scenario().seed(), System.getProperty(COMMIT_PROPERTY, "unknown"), failure.name());
    Failure shown = asItIs ? failure : shrunk(failure);
    shown.struck().forEach(struck -> System.err.println("  " + struck));
    System.err.println("simulate: " + shown.cause().getMessage());
    System.err.println("simulate: again: " + shown.scenario().command());
  }

  private static Failure shrunk(Failure failure) {
    System.err.println("simulate: looking for the faults it needs");
    var shrinker = new Shrinker(scenario -> Simulation.run(scenario, false).failure());
    Failure shrunk = shrinker.shrink(failure);
    System.err.printf(
        "simulate: %d of %d faults suffice, after %d runs:%n",
        shrunk.struck().size(), failure.struck().size(), shrinker.runs());
    return shrunk;
  }

  private Set<Integer> numbers(List<String> words) {
    var numbers = new TreeSet<Integer>();
    for (String word : words) {
      if (!word.equals(NO_STRIKES)) {
        try {
          numbers.add(Integer.valueOf(word));
        } catch (NumberFormatException e) {
          throw wrong("--only-strikes wants numbers, not '" + word + "'");
        }
      }
    }
    return numbers;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(
        Objects.requireNonNull(spec, "set by picocli").commandLine(), message);
  }
}
