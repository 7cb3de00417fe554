package dev.rollcall.cli;

import dev.rollcall.client.Operations;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceInstance;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl drain}: takes an instance out gently, or takes that back. */
@Command(
    name = "drain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Has an instance take nothing new and finish what it has, until a deadline; then it is taken",
      "for terminating. It stays registered: its owner, or its lease, ends it. A new registration",
      "of it begins at work again."
    })
final class DrainCommand implements Callable<Integer> {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private InstanceArguments instance = new InstanceArguments();
  @ArgGroup private How how = new How();

  /** At most one of them. */
  static final class How {
    @Option(
        names = "--grace",
        paramLabel = "DURATION",
        defaultValue = "30s",
        converter = Durations.class,
        description = "How long it has to finish, 1s to 24h; ${DEFAULT-VALUE}.")
    private Duration grace = Duration.ofSeconds(30);

    @Option(names = "--now", description = "Takes it for terminating at once.")
    private boolean now;

    @Option(names = "--cancel", description = "Takes the drain back: it is at work again.")
    private boolean cancel;
  }

  @Override
  public Integer call() {
    try (RegistryClient client = root.global().connect()) {
      ServiceInstance after = set(client.operations());
      var standing = after.standing();
      String until = standing.drainDeadline().map(deadline -> " until " + deadline).orElse("");
      root.print(
          spec,
          Json.instance(after),
          instance.service() + "/" + instance.id() + " is " + standing.lifecycle() + until);
      return ExitCode.OK.code();
    }
  }

  private ServiceInstance set(Operations operations) {
    String service = instance.service();
    if (how.cancel) {
      return operations.activate(service, instance.id());
    }
    return how.now
        ? operations.terminate(service, instance.id())
        : operations.drain(service, instance.id(), how.grace);
  }
}
