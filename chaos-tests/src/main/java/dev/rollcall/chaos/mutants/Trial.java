package dev.rollcall.chaos.mutants;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs a gate over one mutant, in a process of its own and on one core. Any thread. */
final class Trial {
  /** An endless loop is noticed too: as a run that does not end. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final String SIMULATE = "dev.rollcall.chaos.simulation.Simulate";
  private static final String CHAOS = "dev.rollcall.chaos.process.Chaos";
  private static final Pattern RESULT = Pattern.compile("result\t(\\d+|-)\t([^\t]+)\t(\\d+)");
  private static final Pattern LOST = Pattern.compile("FAILED: (.*)");
  private static final int REASON_CHARS_MAX = 48;

  private final Mutant mutant;
  private final String classPath;
  private final Path scratch;

  /**
   * @param classPath with the mutant's classes first
   * @param scratch where what the gates print is kept
   */
  Trial(Mutant mutant, String classPath, Path scratch) {
    this.mutant = mutant;
    this.classPath = classPath;
    this.scratch = scratch;
  }

  /**
   * What killed a mutant.
   *
   * @param by invariant, or whatever else stopped the run
   * @param seeds how many it took, that one included; 0 where the gate knows none
   */
  record Death(String by, long seeds) {}

  /**
   * Runs the mutant's gate once.
   *
   * @param firstSeed ignored by gates without seeds
   * @param budget seeds at most
   * @return empty when it survives
   */
  Optional<Death> run(long firstSeed, long budget) throws IOException, InterruptedException {
    Path output = scratch.resolve(mutant.name() + "-" + firstSeed + ".out");
    if (!ends(output, arguments(firstSeed, budget))) {
      return Optional.of(new Death("does not end", 0));
    }
    List<String> lines = Files.readAllLines(output);
    return switch (mutant.gate()) {
      case Gate.Simulation() -> failed(lines, output);
      case Gate.Chaos chaos -> lost(lines);
    };
  }

  private List<String> arguments(long firstSeed, long budget) {
    var arguments = new ArrayList<String>();
    switch (mutant.gate()) {
      case Gate.Simulation() -> {
        arguments.add(SIMULATE);
        arguments.addAll(List.of("--first-seed", "" + firstSeed, "--seeds", "" + budget));
        arguments.addAll(List.of("--seconds", "" + mutant.seconds(), "--machine"));
      }
      case Gate.Chaos(var experiment) -> {
        arguments.add(CHAOS);
        arguments.addAll(experiment);
      }
    }
    return arguments;
  }

  /** Whether it ended by itself. */
  private boolean ends(Path output, List<String> arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx768m",
            "-XX:+UseSerialGC",
            "-XX:ActiveProcessorCount=1",
            "--enable-native-access=ALL-UNNAMED",
            // See bin/registryd.
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-ReduceAllocationMerges",
            "-cp",
            classPath));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(output.toFile()))
            .start();
    try {
      return process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Optional<Death> failed(List<String> lines, Path output) {
    Matcher result =
        lines.stream()
            .map(RESULT::matcher)
            .filter(Matcher::matches)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no result, see " + output));
    return result.group(1).equals("-")
        ? Optional.empty()
        : Optional.of(new Death(shortened(result.group(2)), Long.parseLong(result.group(3))));
  }

  private static Optional<Death> lost(List<String> lines) {
    return lines.stream()
        .map(LOST::matcher)
        .filter(Matcher::matches)
        .findFirst()
        .map(found -> new Death(shortened(found.group(1)), 0));
  }

  /** Without figures, which differ from run to run. */
  private static String shortened(String text) {
    String words = text.replaceAll("\\d+", "…").replace('|', '/');
    return words.length() <= REASON_CHARS_MAX
        ? words
        : words.substring(0, REASON_CHARS_MAX).strip() + "…";
  }
}
