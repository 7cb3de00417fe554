package dev.rollcall.chaos.process;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Time as a part of an experiment, which is never waiting for something to have happened. */
public final class Timing {
  private Timing() {}

  /** Lets this long pass: a promise is about it, or a fault comes at its end. */
  public static void pass(Duration length) {
    new CompletableFuture<Void>()
        .completeOnTimeout(null, length.toNanos(), TimeUnit.NANOSECONDS)
        .join();
  }

  public static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /** The middle one, or the mean of the two in the middle; of at least one. */
  public static Duration median(List<Duration> durations) {
    List<Duration> sorted = durations.stream().sorted().toList();
    Duration upper = sorted.get(sorted.size() / 2);
    Duration lower = sorted.get((sorted.size() - 1) / 2);
    return lower.plus(upper).dividedBy(2);
  }

  /** With two digits behind the point. */
  public static String seconds(Duration duration) {
    return String.format("%.2f s", duration.toNanos() / 1e9);
  }
}
