package dev.rollcall.cli;

import com.google.gson.JsonObject;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.snapshot.SavedSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl snapshot}: backups. */
@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Backups of the registry. What is done with the file, registryd snapshot does: verify,",
      "inspect, restore."
    },
    subcommands = SnapshotCommand.Save.class)
final class SnapshotCommand implements Runnable {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: save");
  }

  /** {@code registryctl snapshot save}. */
  @Command(
      name = "save",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Saves a snapshot of the registry into a file, while everything goes on. The file takes"
            + " its",
        "name only once it is whole, verified and on the disk; until then it has .part behind it.",
        "On a terminal a bar shows how far it is. Exits with 6 when the file cannot be written."
      })
  static final class Save implements Callable<Integer> {
    @ParentCommand private SnapshotCommand parent = new SnapshotCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "FILE", description = "To be written.")
    private Path file = Path.of("");

    @Option(names = "--force", description = "Replace a file of that name.")
    private boolean force;

    @Override
    public Integer call() {
      PrintWriter err = spec.commandLine().getErr();
      var bar = new ProgressBar(err, System::nanoTime, ProgressBar.isTerminal());
      try (RegistryClient client = parent.root.global().connect()) {
        SavedSnapshot saved;
        try {
          saved = client.saveSnapshot(file, force, bar::show);
        } finally {
          bar.clear();
        }
        parent.root.print(spec, json(saved), text(saved));
        return ExitCode.OK.code();
      } catch (FileAlreadyExistsException e) {
        err.println("registryctl: %s is there already; --force replaces a file".formatted(file));
        return ExitCode.USAGE.code();
      } catch (IOException e) {
        err.println("registryctl: %s cannot be written: %s".formatted(file, e));
        return ExitCode.FILE_FAILED.code();
      }
    }

    private static String text(SavedSnapshot saved) {
      return "saved revision %d of cluster %s into %s: %,d rows, %,d bytes"
          .formatted(
              saved.revision(), saved.clusterId(), saved.file(), saved.rows(), saved.bytes());
    }

    private static JsonObject json(SavedSnapshot saved) {
      var json = new JsonObject();
      json.addProperty("file", saved.file().toString());
      json.addProperty("clusterId", saved.clusterId());
      json.addProperty("historyId", saved.historyId());
      json.addProperty("nodeId", saved.nodeId());
      json.addProperty("revision", saved.revision());
      json.addProperty("appliedIndex", saved.appliedIndex());
      json.addProperty("takenMillis", saved.taken().toEpochMilli());
      json.addProperty("rows", saved.rows());
      json.addProperty("bytes", saved.bytes());
      return json;
    }
  }
}
