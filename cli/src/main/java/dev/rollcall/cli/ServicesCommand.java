package dev.rollcall.cli;

import dev.rollcall.client.RegistryClient;
import dev.rollcall.client.ServiceQuery;
import dev.rollcall.client.ServiceSummary;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code registryctl services}: the services there are. */
@Command(
    name = "services",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Lists the services of the namespace that have instances or a spec, in order of name."
    })
final class ServicesCommand implements Callable<Integer> {
  @ParentCommand private RegistryCtl root = new RegistryCtl();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PREFIX",
      defaultValue = "",
      description = "Only names that start so.")
  private String prefix = "";

  @Option(
      names = "--filter",
      paramLabel = "EXPRESSION",
      defaultValue = "",
      description = {
        "Only services for which this holds, such as",
        "'labels.team == pay and instances > 0'."
      })
  private String filter = "";

  @ArgGroup private Freshness freshness = new Freshness();

  @Override
  public Integer call() {
    try (RegistryClient client = root.global().connect()) {
      List<ServiceSummary> services =
          client.listAllServices(
              ServiceQuery.prefix(prefix).withFilter(filter).withConsistency(freshness.level()));
      PrintWriter out = spec.commandLine().getOut();
      if (root.global().isJson()) {
        out.println(Json.text(Json.array(services, Json::summary)));
        out.flush();
        return ExitCode.OK.code();
      }
      var table = new Table("SERVICE", "INSTANCES", "REVISION");
      services.forEach(each -> table.row(each.service(), each.instances(), each.revision()));
      table.print(out);
      return ExitCode.OK.code();
    }
  }
}
