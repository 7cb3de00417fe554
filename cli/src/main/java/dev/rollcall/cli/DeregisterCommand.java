package dev.rollcall.cli;

import com.google.gson.JsonObject;
import dev.rollcall.client.RegistryClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl deregister}: removes an instance, whoever keeps it alive. */
@Command(
    name = "deregister",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Removes an instance at once, whichever life of it is there.",
      "A program that still keeps it alive will register it again."
    })
final class DeregisterCommand implements Callable<Integer> {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private InstanceArguments instance = new InstanceArguments();

  @Override
  public Integer call() {
    try (RegistryClient client = root.global().connect()) {
      long revision = client.deregister(instance.service(), instance.id());
      var json = new JsonObject();
      json.addProperty("service", instance.service());
      json.addProperty("id", instance.id());
      json.addProperty("revision", revision);
      root.print(
          spec,
          json,
          "deregistered %s/%s at revision %d"
              .formatted(instance.service(), instance.id(), revision));
      return ExitCode.OK.code();
    }
  }
}
