package dev.rollcall.chaos.process;

import dev.rollcall.chaos.haproxy.HaproxyDrill;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bin/chaos}: faults on real processes. */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    description = "Runs real nodes as processes and breaks them.",
    subcommands = {
      HaproxyDrill.class,
      KeepAlive.class,
      KillAll.class,
      LeaderKill.class,
      LockKill.class,
      ReplaceAll.class,
      RestoreDrill.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Chaos {
  private Chaos() {}

  /** Runs the experiment named by the arguments. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Chaos()).execute(arguments));
  }
}
