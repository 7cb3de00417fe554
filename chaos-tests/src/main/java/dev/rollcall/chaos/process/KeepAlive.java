package dev.rollcall.chaos.process;

import dev.rollcall.chaos.process.SilentInstances.Silence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code chaos keep-alive}: {@link KeepAliveRun} with figures. */
@Command(
    name = "keep-alive",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Keeps 200 instances with a TTL of 3 s alive on three processes whose leader is killed,"
            + " which are paused and cut off one after the other, and whose clocks jump; and looks"
            + " whether one is removed within its TTL of an acknowledged keepalive.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:none was", "1:one was, or the cluster did not come back", "2:wrong usage"})
final class KeepAlive implements Callable<Integer> {
  @Option(names = "--minutes", defaultValue = "10", description = "How long; ${DEFAULT-VALUE}.")
  private int minutes;

  @Option(
      names = "--seed",
      description =
          "Draws the faults; the time when not given. Processes have a pace of their own, so a"
              + " seed does not bring the same run back.")
  private @Nullable Long seed;

  private long startNanos;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var plan = KeepAliveRun.Plan.of(seed != null ? seed : System.nanoTime());
    Path directory = Files.createTempDirectory("rollcall-keep-alive-");
    System.out.printf(
        "keep-alive: %d instances, TTL %s, %d minutes, seed %d, in %s%n",
        plan.instances(), Timing.seconds(plan.ttl()), minutes, plan.seed(), directory);
    startNanos = System.nanoTime();
    boolean isKept;
    try (var run = new KeepAliveRun(plan, directory)) {
      KeepAliveRun.Result result = run.run(Duration.ofMinutes(minutes), this::print);
      print(result);
      isKept = result.isKept();
    } catch (ChaosFailure e) {
      System.out.printf("FAILED: %s%n", e.getMessage());
      isKept = false;
    }
    if (!isKept) {
      System.out.printf(
          "keep-alive: seed %d; the nodes' directories and output are in %s%n",
          plan.seed(), directory);
      return 1;
    }
    Scratch.delete(directory);
    return 0;
  }

  private void print(String fault) {
    System.out.printf("%9s  %s%n", Timing.seconds(Timing.since(startNanos)), fault);
  }

  private void print(KeepAliveRun.Result result) {
    result.falseRemovals().forEach(line -> System.out.printf("FALSE   %s%n", line));
    result.unseen().forEach(line -> System.out.printf("UNSEEN  %s%n", line));
    result.lapsed().forEach(line -> System.out.printf("lapsed  %s%n", line));
    KeepAliveFaults.Count faults = result.faults();
    System.out.printf(
        "keep-alive: %d leaders killed, %d pauses, %d cuts, %d jumps of clocks%n",
        faults.kills(), faults.pauses(), faults.cuts(), faults.jumps());
    System.out.printf(
        "keep-alive: %,d renewals acknowledged; the longest gap of a kept lease %s, up to %s%n",
        result.renewals(),
        Timing.seconds(result.longestGap().length()),
        Timing.seconds(Duration.ofNanos(result.longestGap().endNanos() - startNanos)));
    System.out.printf(
        "keep-alive: %d removed falsely, %d unseen, %d lapsed out of reach%n",
        result.falseRemovals().size(), result.unseen().size(), result.lapsed().size());
    print("all", result.silences());
    print("without a fault meanwhile", result.silences().stream().filter(Silence::isCalm).toList());
  }

  private static void print(String which, List<Silence> silences) {
    if (!silences.isEmpty()) {
      List<Duration> late = silences.stream().map(Silence::late).sorted().toList();
      System.out.printf(
          "keep-alive: %d silences, %s: removed %s (least), %s (median), %s (most) after the TTL%n",
          late.size(),
          which,
          Timing.seconds(late.getFirst()),
          Timing.seconds(Timing.median(late)),
          Timing.seconds(Collections.max(late)));
    }
  }
}
