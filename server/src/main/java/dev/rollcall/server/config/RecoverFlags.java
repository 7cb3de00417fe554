package dev.rollcall.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The command line of {@code registryd recover}. */
final class RecoverFlags {
  /** The first argument that asks for it. */
  static final String VERB = "recover";

  private final CommandLine commandLine = new CommandLine(spec());

  /**
   * Reads the arguments behind the verb.
   *
   * @throws StartFailure in one line
   */
  Invocation read(List<String> arguments) {
    try {
      ParseResult parsed = commandLine.parseArgs(arguments.toArray(String[]::new));
      if (parsed.isUsageHelpRequested()) {
        return new Invocation.Print(commandLine.getUsageMessage(Ansi.OFF));
      }
      String directory = parsed.matchedOptionValue("--data-dir", "");
      return new Invocation.Recover(Path.of(directory), parsed.hasMatchedOption("--yes"));
    } catch (CommandLine.ParameterException | InvalidPathException e) {
      throw new StartFailure(
          ExitCode.USAGE, String.valueOf(e.getMessage()), "see registryd recover --help", e);
    }
  }

  private static CommandSpec spec() {
    var spec = CommandSpec.create().name("registryd recover");
    spec.usageMessage()
        .width(100)
        .synopsisHeading("Usage: ")
        .description(
            "",
            "Makes a cluster of one of a stopped node whose quorum is gone for good. Everything in"
                + " its",
            "log is kept, also what was never committed; acknowledged writes that are on none of"
                + " the",
            "disks left are lost. The cluster id stays and the history id is a new one: clients"
                + " take",
            "fresh snapshots, and what is left of the other members is refused until their",
            "directories are emptied and they are let in again (registryd --join). Of several"
                + " nodes",
            "recover the one whose log ends last, and only that one. See docs/membership.md.",
            "");
    spec.addOption(
        OptionSpec.builder("--data-dir")
            .type(String.class)
            .required(true)
            .paramLabel("DIR")
            .description("Directory of the node.")
            .build());
    spec.addOption(
        OptionSpec.builder("--yes")
            .description("Do it. Without, only what is there is printed, and the exit code is 2.")
            .build());
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Print this.").build());
    return spec;
  }
}
