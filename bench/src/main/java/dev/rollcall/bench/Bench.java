package dev.rollcall.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bin/bench}, for what is no JMH benchmark: whole processes and their cost. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    subcommands = {
      ApplyCost.class,
      ResolveCost.class,
      Footprint.class,
      LeaseLoad.class,
      WatchLoad.class,
      BackupLoad.class,
      EurekaLoad.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Bench {
  private Bench() {}

  /** Measures what the arguments name. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }
}
