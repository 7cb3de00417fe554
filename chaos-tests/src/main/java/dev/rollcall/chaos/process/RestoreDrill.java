package dev.rollcall.chaos.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chaos restore-drill}: {@link RestoreDrillRun} with figures. */
@Command(
    name = "restore-drill",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Saves a backup of three loaded nodes, loses all their disks, restores it on one and lets"
            + " the others in. Nothing of the backup may be lost, and clients find their way.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:all was as promised", "1:something was not", "2:wrong usage"})
final class RestoreDrill implements Callable<Integer> {
  @Option(
      names = "--clients",
      defaultValue = "8",
      description = "That register at the same time; ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--registrations",
      defaultValue = "5000",
      description = "Acknowledged before the backup, and again meanwhile; ${DEFAULT-VALUE}.")
  private int registrations;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("rollcall-restore-drill-");
    System.out.printf("restore-drill: %d clients, in %s%n", clients, directory);
    try (var run = new RestoreDrillRun(directory, clients, registrations)) {
      RestoreDrillRun.Result result = run.run(System.out::println);
      System.out.printf(
          "restore-drill: three nodes again after %s, 0 lost, revision %,d after %,d, equal at"
              + " index %,d%n",
          Timing.seconds(result.took()),
          result.agreement().revision(),
          result.lastRevision(),
          result.agreement().appliedIndex());
    } catch (ChaosFailure e) {
      System.out.printf("FAILED: %s%n", e.getMessage());
      System.out.printf("restore-drill: what there is lies in %s%n", directory);
      return 1;
    }
    Scratch.delete(directory);
    return 0;
  }
}
