package dev.rollcall.cli;

import com.google.gson.JsonElement;
import dev.rollcall.client.RegistryException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of a cluster. */
@Command(
    name = "registryctl",
    mixinStandardHelpOptions = true,
    versionProvider = RegistryCtl.Version.class,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    description = "Registers, finds and watches services in a Rollcall registry.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:not found",
      "2:wrong usage, or a value outside the rules",
      "3:unavailable: no node with a quorum was reached in time; nothing was done",
      "4:refused by the registry; nothing was done",
      "5:outcome unknown; doing it again is safe",
      "6:a file on this machine cannot be written",
      "7:the changes asked for are not kept any more"
    },
    subcommands = {
      RegisterCommand.class,
      DeregisterCommand.class,
      ResolveCommand.class,
      GetCommand.class,
      ExplainCommand.class,
      ServicesCommand.class,
      WatchCommand.class,
      UpdateCommand.class,
      DrainCommand.class,
      OverrideCommand.class,
      SpecCommand.class,
      LeaseCommand.class,
      KvCommand.class,
      LbCommand.class,
      LockCommand.class,
      GuardCommand.class,
      StatusCommand.class,
      MemberCommand.class,
      ClusterCommand.class,
      SnapshotCommand.class
    })
public final class RegistryCtl implements Runnable {
  @Mixin private GlobalOptions global = new GlobalOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /** Runs one command; for tests. */
  static int execute(String... arguments) {
    return commandLine().execute(arguments);
  }

  static CommandLine commandLine() {
    var commandLine = new CommandLine(new RegistryCtl());
    commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
      if (failure instanceof RegistryException registry) {
        command.getErr().println("registryctl: " + registry.getMessage());
        return ExitCode.of(registry).code();
      }
      throw failure;
    });
    commandLine.setParameterExceptionHandler((failure, arguments) -> {
      failure.getCommandLine().getErr().println("registryctl: " + failure.getMessage());
      failure
          .getCommandLine()
          .getErr()
          .println("try: " + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help");
      return ExitCode.USAGE.code();
    });
    return commandLine;
  }

  /** One line for a script or one for people, as asked for. */
  void print(CommandSpec command, JsonElement json, String text) {
    PrintWriter out = command.commandLine().getOut();
    out.println(global.isJson() ? Json.text(json) : text);
    out.flush();
  }

  /** Given before the verb or after it. */
  GlobalOptions global() {
    return global;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** The version of the archive. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = RegistryCtl.class.getPackage().getImplementationVersion();
      return new String[] {"registryctl " + (version == null ? "(built in place)" : version)};
    }
  }
}
