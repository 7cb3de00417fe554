package dev.rollcall.cli;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.changes.ChangeQuery;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which changes to print, as options of a verb. */
final class ChangeOptions {
  @Option(
      names = "--from",
      paramLabel = "REV",
      description = "Every change from this revision on, once, in order; 0: from now on.")
  private @Nullable Long fromRevision;

  @Option(
      names = "--history",
      paramLabel = "ID",
      defaultValue = "",
      description = "The history that REV belongs to ('status -o json'); any when not given.")
  private String history = "";

  @Option(names = "--previous", description = "Also what was there before (with -o json).")
  private boolean hasPrevious;

  /** Whether any of them was given. */
  boolean isGiven() {
    return fromRevision != null || hasPrevious;
  }

  /** Prints changes until the feed is over, or the process. */
  ExitCode follow(ChangeQuery query, GlobalOptions global, CommandSpec command)
      throws InterruptedException {
    ChangeQuery wanted = hasPrevious ? query.withPreviousValues() : query;
    if (fromRevision != null) {
      if (fromRevision < 0 || !history.matches("([0-9a-fA-F]{2})*")) {
        throw new ParameterException(
            command.commandLine(), "--from is a revision, and --history hexadecimal digits");
      }
      wanted = wanted.from(fromRevision, history);
    }
    var printer = new ChangePrinter(command, global.isJson());
    try (RegistryClient client = global.connect()) {
      client.changes(wanted, printer); // ends with the client
      return printer.awaitEnd();
    }
  }
}
