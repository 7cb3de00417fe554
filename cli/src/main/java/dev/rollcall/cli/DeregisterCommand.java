package dev.rollcall.cli;

import com.google.gson.JsonObject;
import dev.rollcall.client.RegistryClient;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
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

  @Parameters(index = "0", paramLabel = "SERVICE", description = "Name of the service.")
  private String service = "";

  @Parameters(index = "1", paramLabel = "ID", description = "Id of the instance.")
  private String id = "";

  @Override
  public Integer call() {
    try (RegistryClient client = root.global().connect()) {
      long revision = client.deregister(service, id);
      PrintWriter out = spec.commandLine().getOut();
      if (root.global().isJson()) {
        var json = new JsonObject();
        json.addProperty("service", service);
        json.addProperty("id", id);
        json.addProperty("revision", revision);
        out.println(Json.text(json));
      } else {
        out.println("deregistered " + service + "/" + id + " at revision " + revision);
      }
      out.flush();
      return ExitCode.OK.code();
    }
  }
}
