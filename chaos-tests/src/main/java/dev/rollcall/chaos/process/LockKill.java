package dev.rollcall.chaos.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chaos lock-kill}: {@link LockKillRun} with figures. */
@Command(
    name = "lock-kill",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Several clients want one lock while the leader of three processes is killed with kill -9"
            + " over and over. No two may hold it, and feeds at each node must miss no change.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:all was as promised", "1:something was not", "2:wrong usage"})
final class LockKill implements Callable<Integer> {
  @Option(names = "--rounds", defaultValue = "10", description = "Kills; ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--clients",
      defaultValue = "6",
      description = "That want the lock; ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--between",
      defaultValue = "200",
      description = "Times that the lock is held before and after each kill; ${DEFAULT-VALUE}.")
  private int between;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("rollcall-lock-kill-");
    System.out.printf("lock-kill: %d clients, in %s%n", clients, directory);
    try (var run = new LockKillRun(directory, clients)) {
      LockKillRun.Result result =
          run.run(
              rounds,
              between,
              round ->
                  System.out.printf(
                      "round %2d  node %d killed, the lock was held %,d times%n",
                      round.number(), round.leader(), round.held()));
      System.out.printf(
          "lock-kill: %d kills, the lock held %,d times, never by two, %,d times lost; %,d"
              + " revisions told by each of 3 feeds, as in the log%n",
          rounds, result.held(), result.lost(), result.revisions());
    } catch (ChaosFailure e) {
      System.out.printf("FAILED: %s%n", e.getMessage());
      System.out.printf("lock-kill: the nodes' directories and output are in %s%n", directory);
      return 1;
    }
    Scratch.delete(directory);
    return 0;
  }
}
