package dev.rollcall.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Starts a whole registry with services and a caller, and shows it; the first thing a newcomer
 * runs.
 */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    versionProvider = Quickstart.class,
    sortOptions = false,
    description = {
      "Starts three nodes and three HTTP services on loopback, calls the services through a",
      "watch-driven cache, and shows it all as a live table until Ctrl-C."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:it was stopped, or the check passed", "1:the check failed", "2:wrong usage"})
public final class Quickstart implements Callable<Integer>, CommandLine.IVersionProvider {
  private static final Duration REFRESH = Duration.ofMillis(500);

  @Option(
      names = "--check",
      description = "Runs unattended: kills a service and five leaders, and holds it to figures.")
  private boolean check;

  @Option(names = "--plain", description = "Prints the table again instead of drawing over it.")
  private boolean plain;

  @Option(names = "--home", required = true, hidden = true)
  private Path home = Path.of(".");

  /** Runs until Ctrl-C, or until the check is over. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Quickstart()).execute(arguments));
  }

  @Override
  public String[] getVersion() {
    String version = Quickstart.class.getPackage().getImplementationVersion();
    return new String[] {"rollcall " + (version == null ? "(built in place)" : version)};
  }

  @Override
  public Integer call() {
    var stage = new Stage(home);
    Runtime.getRuntime().addShutdownHook(new Thread(stage::close, "stop"));
    return check ? check(stage) : show(stage);
  }

  private static int check(Stage stage) {
    long start = System.nanoTime();
    var report = new Report(System.out);
    try {
      new Acceptance(stage, report).run();
      report.say(String.format("quickstart: passed in %.0f s", (System.nanoTime() - start) / 1e9));
      stage.close();
      return 0;
    } catch (Report.Failed failure) {
      System.err.println("quickstart: FAILED: " + failure.getMessage());
      System.err.println("quickstart: what the processes wrote is in " + stage.directory());
      stage.close(true);
      return 1;
    }
  }

  private int show(Stage stage) {
    var table = new LiveTable(stage, System.out, !plain);
    stage.startNodes();
    for (int service = 0; service < Stage.SERVICES; service++) {
      stage.startService(service);
    }
    stage.traffic().start();
    while (true) {
      table.draw();
      Await.pause(plain ? REFRESH.multipliedBy(10) : REFRESH);
    }
  }
}
