package dev.rollcall.cli;

import com.google.gson.JsonObject;
import dev.rollcall.client.GrantedLease;
import dev.rollcall.client.RegistryClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl lease}: leases that carry many instances. */
@Command(
    name = "lease",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Makes, keeps and ends leases that carry many instances.",
      "'registryctl register' makes its own lease and keeps it; this is for scripts and agents."
    },
    footer = {
      "",
      "Example:",
      "  lease=$(registryctl lease grant --ttl 30s)",
      "  registryctl register orders --endpoint http://10.0.0.7:8080 --lease $lease",
      "  registryctl lease keep $lease"
    },
    subcommands = {
      LeaseCommand.GrantCommand.class,
      LeaseCommand.KeepCommand.class,
      LeaseCommand.RevokeCommand.class
    })
final class LeaseCommand implements Runnable {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: grant, keep or revoke");
  }

  /** {@code registryctl lease grant}. */
  @Command(
      name = "grant",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Makes a lease that carries nothing yet, and prints its id. Nobody keeps it: it ends with",
        "its TTL unless 'lease keep' is started within it."
      })
  static final class GrantCommand implements Callable<Integer> {
    @ParentCommand private LeaseCommand parent = new LeaseCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
        names = "--ttl",
        paramLabel = "DURATION",
        defaultValue = "10s",
        converter = Durations.class,
        description = "How long it lives without a renewal, 1s to 24h; ${DEFAULT-VALUE}.")
    private Duration ttl = Duration.ofSeconds(10);

    @Override
    public Integer call() {
      try (RegistryClient client = parent.root.global().connect()) {
        GrantedLease lease = client.leases().grant(ttl);
        var json = new JsonObject();
        json.addProperty("leaseId", lease.id());
        json.addProperty("ttlMillis", lease.ttl().toMillis());
        parent.root.print(spec, json, Long.toString(lease.id()));
        return ExitCode.OK.code();
      }
    }
  }

  /** {@code registryctl lease keep}. */
  @Command(
      name = "keep",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Keeps leases alive until it is stopped, and then leaves them to their TTLs.",
        "Ends with exit code 1 as soon as one of them is gone."
      })
  static final class KeepCommand implements Callable<Integer> {
    @ParentCommand private LeaseCommand parent = new LeaseCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1..*", paramLabel = "LEASE", description = "Ids of the leases.")
    private List<Long> leases = new ArrayList<>();

    @Override
    public Integer call() {
      var stop = StopSignal.install();
      try (RegistryClient client = parent.root.global().connect()) {
        int code = keep(client, stop).code();
        stop.over(code);
        return code;
      } finally {
        stop.failed();
      }
    }

    private ExitCode keep(RegistryClient client, StopSignal stop) {
      var end = new CompletableFuture<OptionalLong>();
      for (long id : leases) {
        client.leases().keep(id, () -> end.complete(OptionalLong.of(id)));
      }
      stop.react(() -> end.complete(OptionalLong.empty()));
      OptionalLong gone = end.join();
      gone.ifPresent(
          id -> spec.commandLine().getErr().println("registryctl: no such lease: " + id));
      return gone.isPresent() ? ExitCode.NOT_FOUND : ExitCode.OK;
    }
  }

  /** {@code registryctl lease revoke}. */
  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Ends a lease at once, with all that it carries.")
  static final class RevokeCommand implements Callable<Integer> {
    @ParentCommand private LeaseCommand parent = new LeaseCommand();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "LEASE", description = "Id of the lease.")
    private long leaseId;

    @Override
    public Integer call() {
      try (RegistryClient client = parent.root.global().connect()) {
        int instances = client.leases().revoke(leaseId);
        var json = new JsonObject();
        json.addProperty("leaseId", leaseId);
        json.addProperty("instances", instances);
        parent.root.print(spec, json, "revoked " + leaseId + " with " + instances + " instances");
        return ExitCode.OK.code();
      }
    }
  }
}
