package dev.rollcall.chaos.mutants;

import dev.rollcall.chaos.mutants.Trial.Death;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/mutants}: breaks a copy of the code in every known way, and looks who notices. */
@Command(
    name = "mutants",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Applies each patch of raft/mutants and store/mutants to a copy of the sources and runs the"
          + " gate that must notice, mostly the simulation, from several first seeds. Prints what"
          + " killed which mutant, and how many seeds that took.",
      "First the code as it is must pass, else nothing means anything."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:every mutant was killed from every start",
      "1:one survived, or the code as it is did not pass",
      "2:wrong usage"
    })
public final class Mutants implements Callable<Integer> {
  /** Far enough apart for every budget. */
  private static final long SEEDS_BETWEEN_STARTS = 1_000_000;

  @Option(names = "--only", split = ",", paramLabel = "NN", description = "Numbers, as 04 or s04.")
  private List<String> only = List.of();

  @Option(
      names = "--budget",
      defaultValue = "300",
      description = "Seeds for each start, at most; ${DEFAULT-VALUE}.")
  private long budget;

  @Option(
      names = "--starts",
      defaultValue = "3",
      description = "First seeds, far from each other; ${DEFAULT-VALUE}.")
  private int starts;

  @Option(names = "--first-seed", defaultValue = "1", description = "The first; ${DEFAULT-VALUE}.")
  private long firstSeed;

  @Option(
      names = "--baseline",
      defaultValue = "100",
      description = "Seeds that the code as it is must pass, 0 for none; ${DEFAULT-VALUE}.")
  private long baseline;

  @Option(names = "--table", description = "Writes the tables into the README.md beside them.")
  private boolean writesTable;

  @Option(
      names = "--home",
      defaultValue = ".",
      description = "Root of the sources; the working directory when not given.")
  private Path home;

  /** Runs the mutants named by the arguments. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Mutants()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    long start = System.nanoTime();
    List<Mutant> mutants =
        Mutant.all(home.toAbsolutePath().normalize()).stream()
            .filter(each -> only.isEmpty() || only.contains(each.number()))
            .toList();
    Path scratch = Files.createTempDirectory("rollcall-mutants-");
    System.err.printf("mutants: %d, output of their runs in %s%n", mutants.size(), scratch);
    List<Verdict> verdicts = new ArrayList<>();
    try (ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      if (!passes(scratch)) {
        return 1;
      }
      var workshop = new Workshop(home, scratch);
      List<Future<Verdict>> running = new ArrayList<>();
      for (Mutant mutant : mutants) {
        running.add(workers.submit(() -> tryOut(mutant, workshop, scratch)));
      }
      for (Future<Verdict> each : running) {
        verdicts.add(each.get());
      }
    }
    return report(verdicts, (System.nanoTime() - start) / 1e9);
  }

  /** Whether the simulation has nothing against the code as it is. */
  private boolean passes(Path scratch) throws IOException, InterruptedException {
    if (baseline == 0) {
      return true;
    }
    Optional<Death> death =
        new Trial(Mutant.NONE, Workshop.classPath(), scratch).run(firstSeed, baseline);
    if (death.isPresent()) {
      System.err.printf(
          "mutants: the code as it is fails, by %s after %d seeds: mend that first%n",
          death.get().by(), death.get().seeds());
      return false;
    }
    System.err.printf("mutants: the code as it is passes %d seeds%n", baseline);
    return true;
  }

  private Verdict tryOut(Mutant mutant, Workshop workshop, Path scratch)
      throws IOException, InterruptedException {
    var trial = new Trial(mutant, workshop.make(mutant), scratch);
    var deaths = new ArrayList<Optional<Death>>();
    int runs = mutant.gate() instanceof Gate.Simulation ? starts : 1;
    for (int run = 0; run < runs; run++) {
      Optional<Death> death = trial.run(firstSeed + run * SEEDS_BETWEEN_STARTS, budget);
      deaths.add(death);
      System.err.printf(
          "mutants: %s, %d of %d: %s%n",
          mutant.name(),
          run + 1,
          runs,
          death
              .map(it -> "killed by %s after %d seeds".formatted(it.by(), it.seeds()))
              .orElse("SURVIVES " + budget + " seeds"));
    }
    return new Verdict(mutant, deaths);
  }

  private int report(List<Verdict> verdicts, double seconds) throws IOException {
    System.out.print(Table.of(verdicts));
    List<Verdict> survivors = verdicts.stream().filter(each -> !each.isKilled()).toList();
    System.out.printf(
        "mutants: %d of %d killed, from each of %d first seeds, in %.0f s%n",
        verdicts.size() - survivors.size(), verdicts.size(), starts, seconds);
    survivors.forEach(each -> System.out.printf("mutants: SURVIVES: %s%n", each.mutant().name()));
    if (writesTable) {
      if (!only.isEmpty()) {
        System.err.println(
            "mutants: the table is of all mutants, so it is not written with --only");
        return 2;
      }
      writeTables(verdicts);
    }
    return survivors.isEmpty() ? 0 : 1;
  }

  private static void writeTables(List<Verdict> verdicts) throws IOException {
    var byDirectory =
        verdicts.stream()
            .collect(Collectors.groupingBy(each -> each.mutant().patch().resolveSibling("")));
    for (var each : byDirectory.entrySet()) {
      Table.write(each.getKey().resolve("README.md"), Table.of(each.getValue()));
    }
  }
}
