package dev.rollcall.chaos.haproxy;

import dev.rollcall.chaos.process.ChaosFailure;
import dev.rollcall.chaos.process.Scratch;
import dev.rollcall.chaos.process.Timing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chaos haproxy-drill}: {@link HaproxyDrillRun} with figures. */
@Command(
    name = "haproxy-drill",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Twenty instances behind a real HAProxy come, drain, die and change weight under load,"
            + " while the nodes of the registry are killed one after the other. Only a request to"
            + " an instance killed less than TTL + 2 s before may fail, and HAProxy is never"
            + " reloaded.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:all was as promised", "1:something was not", "2:wrong usage"})
public final class HaproxyDrill implements Callable<Integer> {
  private static final int FAILURES_SHOWN = 20;

  @Option(names = "--minutes", defaultValue = "5", description = "How long; ${DEFAULT-VALUE}.")
  private double minutes;

  @Option(
      names = "--rate",
      defaultValue = "500",
      description = "Requests per second; ${DEFAULT-VALUE}.")
  private int perSecond;

  @Option(
      names = "--seed",
      description = "Draws what happens; the time when not given. Processes have their own pace.")
  private @Nullable Long seed;

  @Override
  public Integer call() throws IOException {
    long drawn = seed != null ? seed : System.nanoTime();
    Path directory = Files.createTempDirectory("rollcall-haproxy-");
    System.out.printf(
        "haproxy-drill: %s minutes, %d requests/s, seed %d, in %s%n",
        minutes, perSecond, drawn, directory);
    long start = System.nanoTime();
    boolean isKept;
    try (var run = new HaproxyDrillRun(directory, perSecond, drawn)) {
      DrillReport report =
          run.run(
              Duration.ofMillis((long) (minutes * 60_000)),
              line -> System.out.printf("%9s  %s%n", Timing.seconds(Timing.since(start)), line));
      report.failures().stream()
          .limit(FAILURES_SHOWN)
          .forEach(it ->
              System.out.printf(
                  "FAILED  after %s: %d %s %s%n",
                  Timing.seconds(Duration.ofNanos(it.startNanos() - start)),
                  it.status(),
                  it.server(),
                  it.failure()));
      report.lines().forEach(System.out::println);
      isKept = report.isKept();
    } catch (ChaosFailure e) {
      System.out.printf("FAILED: %s%n", e.getMessage());
      isKept = false;
    }
    if (!isKept) {
      System.out.printf("haproxy-drill: seed %d; what there is lies in %s%n", drawn, directory);
      return 1;
    }
    Scratch.delete(directory);
    return 0;
  }
}
