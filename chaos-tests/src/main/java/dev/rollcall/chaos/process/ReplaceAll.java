package dev.rollcall.chaos.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chaos replace-all}: {@link ReplaceAllRun} with figures. */
@Command(
    name = "replace-all",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Replaces each member of a loaded cluster of three by a new node, one after the other. No"
            + " request may fail, and nothing acknowledged may be lost.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:all was as promised", "1:something was not", "2:wrong usage"})
final class ReplaceAll implements Callable<Integer> {
  @Option(
      names = "--clients",
      defaultValue = "8",
      description = "That register at the same time; ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--between",
      defaultValue = "2000",
      description = "Registrations acknowledged before each replacement; ${DEFAULT-VALUE}.")
  private int between;

  @Override
  public Integer call() throws IOException {
    Path directory = Files.createTempDirectory("rollcall-replace-all-");
    System.out.printf("replace-all: %d clients, in %s%n", clients, directory);
    try (var run = new ReplaceAllRun(directory, clients, between)) {
      ReplaceAllRun.Result result =
          run.run(replaced ->
              System.out.printf(
                  "node %d by node %d%s: %s; acknowledged %,d%n",
                  replaced.old(),
                  replaced.by(),
                  replaced.hasLed() ? " (it led)" : "",
                  Timing.seconds(replaced.took()),
                  replaced.acknowledged()));
      System.out.printf(
          "replace-all: 3 members replaced, %,d acknowledged, 0 failed, 0 lost, equal at index"
              + " %,d%n",
          result.acknowledged(), result.agreement().appliedIndex());
    } catch (ChaosFailure e) {
      System.out.printf("FAILED: %s%n", e.getMessage());
      System.out.printf("replace-all: the nodes' directories and output are in %s%n", directory);
      return 1;
    }
    Scratch.delete(directory);
    return 0;
  }
}
