package dev.rollcall.cli;

import dev.rollcall.client.Member;
import dev.rollcall.client.RegistryClient;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl member}: the members of the cluster. */
@Command(
    name = "member",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "The members of the cluster.",
    subcommands = MemberCommand.ListCommand.class)
final class MemberCommand implements Runnable {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: list");
  }

  /** {@code registryctl member list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Lists the members as the answering node knows them, in order of id.")
  static final class ListCommand implements Callable<Integer> {
    @ParentCommand private MemberCommand parent = new MemberCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      try (RegistryClient client = parent.root.global().connect()) {
        List<Member> members = client.members();
        PrintWriter out = spec.commandLine().getOut();
        if (parent.root.global().isJson()) {
          out.println(Json.text(Json.array(members, Json::member)));
          out.flush();
          return ExitCode.OK.code();
        }
        var table = new Table("NODE", "CLIENTS", "PEERS", "VOTER", "LEADER");
        members.forEach(member ->
            table.row(
                member.nodeId(),
                member.clientAddress(),
                member.peerAddress(),
                member.voter() ? "yes" : "no",
                member.leader() ? "yes" : ""));
        table.print(out);
        return ExitCode.OK.code();
      }
    }
  }
}
