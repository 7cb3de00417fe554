package dev.rollcall.chaos.interop;

import com.google.gson.JsonObject;
import dev.rollcall.chaos.process.ChaosFailure;
import dev.rollcall.chaos.process.Scratch;
import dev.rollcall.chaos.process.Timing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/eureka-check}: unmodified Eureka clients against real nodes. */
@Command(
    name = "eureka-check",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Compares the answers of three real nodes with those of Spring's Eureka server, field by"
          + " field; then runs applications of Netflix's Eureka client and of Spring Cloud against"
          + " the nodes, without and with the leader killed.",
      "docs/eureka.md says what is compared, and why some answers differ."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:all happened, in time, and nothing differs that is not known to",
      "1:something did not",
      "2:wrong usage"
    })
public final class EurekaCheck implements Callable<Integer> {
  /** What there is to check. */
  private enum Part {
    ANSWERS,
    CLIENTS
  }

  @Option(
      names = "--interop",
      defaultValue = "interop",
      description = "Where the programs were built; ${DEFAULT-VALUE}.")
  private Path interop;

  @Option(names = "--only", description = "One part alone: ${COMPLETION-CANDIDATES}.")
  private @Nullable Part only;

  @Option(names = "--json", description = "Prints one object instead of tables.")
  private boolean isJson;

  private EurekaCheck() {}

  /** Runs it. */
  public static void main(String[] arguments) {
    var line = new CommandLine(new EurekaCheck()).setCaseInsensitiveEnumValuesAllowed(true);
    System.exit(line.execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Path directory = Files.createTempDirectory("rollcall-eureka-check-");
    var differential = new Differential();
    var table = new ResultTable();
    String failure = "";
    try {
      run(directory, differential, table);
    } catch (ChaosFailure e) {
      failure = String.valueOf(e.getMessage());
    }
    boolean isPassed = failure.isEmpty() && differential.complaints().isEmpty() && table.isInTime();
    if (isJson) {
      var result = new JsonObject();
      result.addProperty("passed", isPassed);
      result.addProperty("failure", failure);
      result.add("answers", differential.json());
      result.add("findings", table.json());
      System.out.println(result);
    } else {
      if (only != Part.CLIENTS) {
        System.out.print(differential.text());
      }
      if (only != Part.ANSWERS) {
        System.out.print(table.text());
      }
      System.out.printf(
          "%s after %s%s%n",
          isPassed ? "passed" : "FAILED",
          Timing.seconds(Timing.since(start)),
          failure.isEmpty() ? "" : ": " + failure);
    }
    if (isPassed) {
      Scratch.delete(directory);
      return 0;
    }
    System.err.printf("eureka-check: what all programs said is in %s%n", directory);
    return 1;
  }

  private void run(Path directory, Differential differential, ResultTable table)
      throws IOException {
    var builds = new Builds(interop);
    try (var nodes = new Nodes(directory)) {
      nodes.start();
      if (only != Part.CLIENTS) {
        try (var reference = Reference.start(builds, directory)) {
          differential.run(reference.server(), nodes.liveServers().getFirst());
        }
      }
      if (only != Part.ANSWERS) {
        try (var run = new EurekaRun(directory, builds, nodes, table::add)) {
          run.run();
        }
      }
    }
  }
}
