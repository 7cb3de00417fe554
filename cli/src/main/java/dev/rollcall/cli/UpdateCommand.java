package dev.rollcall.cli;

import dev.rollcall.client.InstancePatch;
import dev.rollcall.client.InstanceStatus;
import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceInstance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl update}: changes fields of an instance. */
@Command(
    name = "update",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Changes fields of an instance, whichever life of it is there; the others stay.",
      "Its owner may change them again: 'registryctl override' says what the owner cannot undo."
    })
final class UpdateCommand implements Callable<Integer> {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private InstanceArguments instance = new InstanceArguments();

  @Option(names = "--status", description = "UP, STARTING, DOWN or OUT_OF_SERVICE.")
  private @Nullable InstanceStatus status;

  @Option(names = "--weight", paramLabel = "N", description = "0 to 65535.")
  private @Nullable Integer weight;

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      description = "All its tags from now on; give it several times.")
  private @Nullable List<String> tags;

  @Option(
      names = "--meta",
      paramLabel = "KEY=VALUE",
      description = "All its metadata from now on; give it several times.")
  private @Nullable Map<String, String> metadata;

  @Option(
      names = "--expect-revision",
      paramLabel = "REV",
      defaultValue = "0",
      description = "Only if the instance was last changed at this revision ('registryctl get').")
  private long expectedRevision;

  @Override
  public Integer call() {
    var patch =
        new InstancePatch(
            Optional.ofNullable(status),
            weight == null ? OptionalInt.empty() : OptionalInt.of(weight),
            Optional.ofNullable(metadata),
            Optional.ofNullable(tags),
            expectedRevision);
    try (RegistryClient client = root.global().connect()) {
      ServiceInstance after = client.operations().update(instance.service(), instance.id(), patch);
      root.print(
          spec,
          Json.instance(after),
          "%s/%s is as of revision %d"
              .formatted(instance.service(), instance.id(), after.registered().modRevision()));
      return ExitCode.OK.code();
    }
  }
}
