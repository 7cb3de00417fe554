package dev.rollcall.cli;

import dev.rollcall.client.Member;
import dev.rollcall.client.MemberChanged;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.RegistryException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl member}: who belongs to the cluster, and changing it. */
@Command(
    name = "member",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "The members of the cluster. A node id is hexadecimal; a prefix that only one member has"
          + " will",
      "do. Changes are answered once they are committed, and may be repeated."
    },
    subcommands = {
      MemberCommand.ListCommand.class,
      MemberCommand.AddCommand.class,
      MemberCommand.ReplaceCommand.class,
      MemberCommand.RemoveCommand.class,
      MemberCommand.PromoteCommand.class,
      MemberCommand.TransferCommand.class
    })
final class MemberCommand implements Runnable {
  private static final int ID_CHARACTERS = 32;

  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing: list, add, replace, remove, promote or transfer");
  }

  private int change(
      CommandSpec command, String done, Function<RegistryClient, MemberChanged> change) {
    try (RegistryClient client = root.global().connect()) {
      MemberChanged changed = change.apply(client);
      PrintWriter out = command.commandLine().getOut();
      if (root.global().isJson()) {
        var json = Json.member(changed.member());
        json.addProperty("already", changed.already());
        out.println(Json.text(json));
      } else {
        out.println(
            changed.member().nodeId()
                + " "
                + (changed.already() ? "was already " : "")
                + done
                + (changed.member().peerAddress().isEmpty()
                    ? ""
                    : " (peers " + changed.member().peerAddress() + ")"));
      }
      out.flush();
      return ExitCode.OK.code();
    }
  }

  /** The one member whose id begins so; a whole id stands for itself, since it may be gone. */
  private static String resolve(CommandSpec command, RegistryClient client, String prefix) {
    String start = prefix.toLowerCase(Locale.ROOT);
    if (!start.matches("[0-9a-f]{1," + ID_CHARACTERS + "}")) {
      throw new ParameterException(
          command.commandLine(), "not a node id, nor the start of one: '" + prefix + "'");
    }
    if (start.length() == ID_CHARACTERS) {
      return start;
    }
    List<String> found =
        client.members().stream().map(Member::nodeId).filter(id -> id.startsWith(start)).toList();
    if (found.isEmpty()) {
      throw new RegistryException.NotFound(
          dev.rollcall.client.Reason.MEMBER_NOT_FOUND,
          "no member has an id that begins with " + start,
          null);
    }
    if (found.size() > 1) {
      throw new ParameterException(
          command.commandLine(), "several ids begin with " + start + ": " + found);
    }
    return found.getFirst();
  }

  /** {@code registryctl member list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Lists the members, in order of id, as the leader knows them; where it cannot be reached,"
            + " as",
        "the answering node does, and without MATCH. ROLE is voter, learner (gets its vote by"
            + " itself",
        "once MATCH has caught up) or leaving."
      })
  static final class ListCommand implements Callable<Integer> {
    @ParentCommand private MemberCommand parent = new MemberCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      try (RegistryClient client = parent.root.global().connect()) {
        List<Member> members = asTheLeaderSees(client, client.members());
        PrintWriter out = spec.commandLine().getOut();
        if (parent.root.global().isJson()) {
          out.println(Json.text(Json.array(members, Json::member)));
          out.flush();
          return ExitCode.OK.code();
        }
        var table = new Table("NODE", "CLIENTS", "PEERS", "ROLE", "LEADER", "MATCH", "REPLACES");
        members.forEach(member ->
            table.row(
                member.nodeId(),
                member.clientAddress(),
                member.peerAddress(),
                role(member),
                member.leader() ? "yes" : "",
                member.matchIndex() == 0 ? "-" : member.matchIndex(),
                member.replaces().orElse("")));
        table.print(out);
        return ExitCode.OK.code();
      }
    }

    private static List<Member> asTheLeaderSees(RegistryClient client, List<Member> known) {
      Optional<Member> leader = known.stream().filter(Member::leader).findFirst();
      if (leader.isEmpty() || leader.get().matchIndex() > 0) {
        return known;
      }
      try {
        return client.members(leader.get().clientAddress());
      } catch (RegistryException unreachable) {
        return known;
      }
    }

    private static String role(Member member) {
      if (member.leaving()) {
        return "leaving";
      }
      return member.voter() ? "voter" : "learner";
    }
  }

  /** {@code registryctl member add}. */
  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Lets in the node that waits at ADDR (registryd --join prints this command). It is a"
            + " learner",
        "when this returns, and gets its vote by itself once it has caught up."
      })
  static final class AddCommand implements Callable<Integer> {
    @ParentCommand private MemberCommand parent = new MemberCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
        index = "0",
        paramLabel = "ADDR",
        description = "host:port where the node's peers reach it, as it is configured.")
    private String address = "";

    @Override
    public Integer call() {
      return parent.change(spec, "added", client -> client.membership().add(address));
    }
  }

  /** {@code registryctl member replace}. */
  @Command(
      name = "replace",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Lets in the node that waits at ADDR, in the place of a member, dead or alive. It is a"
            + " learner",
        "when this returns; once it has caught up it gets its vote and the old member loses its"
            + " place,",
        "in one step: follow it with member list."
      })
  static final class ReplaceCommand implements Callable<Integer> {
    @ParentCommand private MemberCommand parent = new MemberCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "OLD_ID", description = "The member to be replaced.")
    private String oldId = "";

    @Parameters(
        index = "1",
        paramLabel = "ADDR",
        description = "host:port where the new node's peers reach it, as it is configured.")
    private String address = "";

    @Override
    public Integer call() {
      return parent.change(
          spec,
          "added as a replacement",
          client -> client.membership().replace(resolve(spec, client, oldId), address));
    }
  }

  /** {@code registryctl member remove}. */
  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Takes a member out, for good: its id never comes back, and its process ends by itself when"
            + " it",
        "learns of it. A leader hands over first."
      })
  static final class RemoveCommand implements Callable<Integer> {
    @ParentCommand private MemberCommand parent = new MemberCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "ID", description = "The member.")
    private String id = "";

    @Override
    public Integer call() {
      return parent.change(
          spec, "removed", client -> client.membership().remove(resolve(spec, client, id)));
    }
  }

  /** {@code registryctl member promote}. */
  @Command(
      name = "promote",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Gives a learner its vote. One that was added gets it without this command.")
  static final class PromoteCommand implements Callable<Integer> {
    @ParentCommand private MemberCommand parent = new MemberCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "ID", description = "The learner.")
    private String id = "";

    @Override
    public Integer call() {
      return parent.change(
          spec, "promoted", client -> client.membership().promote(resolve(spec, client, id)));
    }
  }

  /** {@code registryctl member transfer}. */
  @Command(
      name = "transfer",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Has another voter lead; the one that has caught up best when none is named.")
  static final class TransferCommand implements Callable<Integer> {
    @ParentCommand private MemberCommand parent = new MemberCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "The voter to lead.")
    private @Nullable String id;

    @Override
    public Integer call() {
      String wanted = id;
      return parent.change(
          spec,
          "leading",
          client ->
              client
                  .membership()
                  .transferLeadership(
                      Optional.ofNullable(wanted).map(prefix -> resolve(spec, client, prefix))));
    }
  }
}
