package dev.rollcall.chaos.interop;

import com.google.gson.JsonObject;
import dev.rollcall.chaos.process.ChaosFailure;
import dev.rollcall.chaos.process.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bin/eureka-check}: unmodified Eureka clients against real nodes. */
@Command(
    name = "eureka-check",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Runs applications of Netflix's Eureka client and of Spring Cloud against three real nodes,"
            + " without and with the leader killed.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:all happened, and in time",
      "1:something did not, or too late",
      "2:wrong usage"
    })
public final class EurekaCheck implements Callable<Integer> {
  @Option(
      names = "--interop",
      defaultValue = "interop",
      description = "Where the programs were built; ${DEFAULT-VALUE}.")
  private Path interop;

  @Option(names = "--json", description = "Prints one object instead of tables.")
  private boolean isJson;

  private EurekaCheck() {}

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new EurekaCheck()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Path directory = Files.createTempDirectory("rollcall-eureka-check-");
    var table = new ResultTable();
    String failure = "";
    try (var run = new EurekaRun(directory, new Builds(interop), table::add)) {
      run.run();
    } catch (ChaosFailure e) {
      failure = String.valueOf(e.getMessage());
    }
    boolean isPassed = failure.isEmpty() && table.isInTime();
    if (isJson) {
      var result = new JsonObject();
      result.addProperty("passed", isPassed);
      result.addProperty("failure", failure);
      result.add("findings", table.json());
      System.out.println(result);
    } else {
      System.out.print(table.text());
      if (!failure.isEmpty()) {
        System.out.printf("FAILED: %s%n", failure);
      }
    }
    if (isPassed) {
      Scratch.delete(directory);
      return 0;
    }
    System.err.printf("eureka-check: what all programs said is in %s%n", directory);
    return 1;
  }
}
