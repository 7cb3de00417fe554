package dev.rollcall.server.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The command line: flags of {@link Setting}, {@code --help} and {@code --version}. */
final class Flags {
  private static final int SUGGESTION_EDITS_MAX = 4;

  private final CommandLine commandLine = new CommandLine(spec());

  /** What was written on the command line. */
  record Written(Map<Setting, String> values, Optional<String> print) {}

  /**
   * Reads the arguments.
   *
   * @throws StartFailure in one line, with the nearest known flag, when one is unknown, repeated or
   *     without its value
   */
  Written read(List<String> arguments) {
    ParseResult parsed = parse(arguments);
    if (parsed.isUsageHelpRequested()) {
      return new Written(Map.of(), Optional.of(commandLine.getUsageMessage(Ansi.OFF)));
    }
    if (parsed.isVersionHelpRequested()) {
      return new Written(Map.of(), Optional.of("registryd " + Version.current() + "\n"));
    }
    var values = new EnumMap<Setting, String>(Setting.class);
    for (Setting setting : Setting.values()) {
      if (parsed.hasMatchedOption(setting.flag())) {
        values.put(setting, parsed.matchedOptionValue(setting.flag(), ""));
      }
    }
    return new Written(values, Optional.empty());
  }

  private ParseResult parse(List<String> arguments) {
    try {
      return commandLine.parseArgs(arguments.toArray(String[]::new));
    } catch (CommandLine.UnmatchedArgumentException e) {
      throw unknown(e.getUnmatched().getFirst());
    } catch (CommandLine.OverwrittenOptionException e) {
      throw new StartFailure(
          ExitCode.USAGE, "flag given twice: " + e.getOverwritten(), "give it once");
    } catch (CommandLine.MissingParameterException e) {
      String flag = ((OptionSpec) e.getMissing().getFirst()).longestName();
      throw new StartFailure(ExitCode.USAGE, "flag without a value: " + flag, "give it one");
    } catch (CommandLine.ParameterException e) {
      throw new StartFailure(
          ExitCode.USAGE, String.valueOf(e.getMessage()), "see registryd --help", e);
    }
  }

  private static StartFailure unknown(String argument) {
    if (!argument.startsWith("-")) {
      return new StartFailure(
          ExitCode.USAGE,
          "argument that is no flag: '" + argument + "'",
          "settings are given as --name=value, see registryd --help");
    }
    String flag = argument.indexOf('=') < 0 ? argument : argument.split("=", 2)[0];
    var names = new ArrayList<>(Arrays.stream(Setting.values()).map(Setting::flag).toList());
    names.addAll(List.of("--help", "--version"));
    String todo =
        Nearest.to(flag, names, SUGGESTION_EDITS_MAX)
            .map(name -> "did you mean " + name + "? (registryd --help lists all)")
            .orElse("registryd --help lists all");
    return new StartFailure(ExitCode.USAGE, "unknown flag " + flag, todo);
  }

  private static CommandSpec spec() {
    var spec = CommandSpec.create().name("registryd");
    spec.usageMessage()
        .width(100)
        .synopsisHeading("Usage: ")
        .customSynopsis(
            "registryd [--<name>=<value>]...",
            "       registryd recover --data-dir=DIR [--yes]",
            "       registryd snapshot verify|inspect|restore FILE ...")
        .description(
            "",
            "Runs one node of a Rollcall cluster. Without any setting: a single-node registry on",
            "loopback with its data in ./data.",
            "",
            "Every setting has one name, in three spellings: data-dir in the file,"
                + " ROLLCALL_DATA_DIR",
            "in the environment, --data-dir as a flag. A flag wins over the environment, which"
                + " wins",
            "over the file, which wins over the default. Durations are written 20ms, 1s or 1.5s;",
            "sizes 1048576, 512KiB or 64MiB.",
            "")
        .footer(
            "",
            "Exit codes: 0 stopped as asked, 2 usage or configuration, 3 address in use, 4 data",
            "directory, 5 refused to join, 6 corrupt log, 7 disk or storage engine failed, 8"
                + " broken",
            "invariant, 9 state diverged, 10 removed from the cluster, 11 backup damaged, 12 backup"
                + " of",
            "another version; 1 out of memory. One line on standard error says what is wrong and"
                + " what",
            "to do.");
    spec.usageMessage().sortOptions(false);
    for (Setting setting : Setting.values()) {
      spec.addOption(option(setting));
    }
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Print this.").build());
    spec.addOption(
        OptionSpec.builder("--version")
            .versionHelp(true)
            .description("Print the version.")
            .build());
    return spec;
  }

  private static OptionSpec option(Setting setting) {
    var description = new ArrayList<>(setting.documentation());
    description.add(
        setting.fallback().isEmpty() ? "Not set by default." : "Default: " + setting.fallback());
    return OptionSpec.builder(setting.flag())
        .type(String.class)
        .paramLabel(setting.label())
        .description(description.stream().map(Flags::escaped).toArray(String[]::new))
        .build();
  }

  /** Picocli takes descriptions as formats. */
  private static String escaped(String text) {
    return text.replace("%", "%%");
  }
}
