package dev.rollcall.cli;

import com.google.gson.JsonObject;
import dev.rollcall.client.GuardStatus;
import dev.rollcall.client.RegistryClient;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl guard}: the guard of a namespace against mass expiry. */
@Command(
    name = "guard",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "When too many leases of a namespace lapse at once, the guard keeps their instances as",
      "suspect instead of removing them, until they return or ten minutes are over."
    },
    subcommands = {GuardCommand.StatusOfGuard.class, GuardCommand.Release.class})
final class GuardCommand implements Runnable {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: status or release");
  }

  /** {@code registryctl guard status}. */
  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Says whether the guard of the namespace is engaged, and how many it keeps.")
  static final class StatusOfGuard implements Callable<Integer> {
    @ParentCommand private GuardCommand parent = new GuardCommand();
    @Spec private CommandSpec spec = CommandSpec.create();
    @ArgGroup private Freshness freshness = new Freshness();

    @Override
    public Integer call() {
      try (RegistryClient client = parent.root.global().connect()) {
        GuardStatus guard = client.operations().guard(freshness.level());
        var json = new JsonObject();
        json.addProperty("engaged", guard.isEngaged());
        guard.since().ifPresent(since -> json.addProperty("since", since.toString()));
        json.addProperty("leases", guard.leases());
        json.addProperty("suspects", guard.suspects());
        json.addProperty("releasedBy", guard.releasedBy());
        parent.root.print(spec, json, text(guard));
        return ExitCode.OK.code();
      }
    }

    private static String text(GuardStatus guard) {
      if (guard.since().isEmpty()) {
        return "never engaged";
      }
      String counts = ": %d of %d leases suspect".formatted(guard.suspects(), guard.leases());
      if (guard.isEngaged()) {
        return "engaged since " + guard.since().get() + counts;
      }
      String by = guard.releasedBy().isEmpty() ? "" : " by " + guard.releasedBy();
      return "released " + guard.since().get() + by + counts;
    }
  }

  /** {@code registryctl guard release}. */
  @Command(
      name = "release",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Lets the suspects of the namespace expire: who does not return at once is gone.",
        "Exits with 1 when the guard is not engaged."
      })
  static final class Release implements Callable<Integer> {
    @ParentCommand private GuardCommand parent = new GuardCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
        names = "--actor",
        defaultValue = "${sys:user.name}",
        description = "Who says so; by default who is logged in here.")
    private String actor = "";

    @Override
    public Integer call() {
      try (RegistryClient client = parent.root.global().connect()) {
        OptionalInt suspects = client.operations().releaseGuard(actor);
        var json = new JsonObject();
        json.addProperty("wasEngaged", suspects.isPresent());
        json.addProperty("suspects", suspects.orElse(0));
        parent.root.print(
            spec,
            json,
            suspects.isPresent()
                ? "released: " + suspects.getAsInt() + " suspect leases may expire"
                : "the guard is not engaged");
        return suspects.isPresent() ? ExitCode.OK.code() : ExitCode.NOT_FOUND.code();
      }
    }
  }
}
