package dev.rollcall.chaos.haproxy;

import dev.rollcall.chaos.haproxy.RequestLoad.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a drill came to.
 *
 * @param requests all
 * @param failedToKilled failed, but at an instance killed not long before: allowed
 * @param failures the others, which there must be none of
 * @param longestAfterKill from a kill to the beginning of the last request that failed for it
 * @param toFirstRequest of each instance that came under load, from its registration on
 * @param afterDrain of each instance that was drained and still got one: how long
 * @param events how often what was done
 * @param changes that registryctl made
 * @param reloads of HAProxy, which there must be none of
 * @param leasesLost that were kept, which there must be none of
 */
public record DrillReport(
    List<Request> requests,
    int failedToKilled,
    List<Request> failures,
    Optional<Duration> longestAfterKill,
    List<Duration> toFirstRequest,
    List<Duration> afterDrain,
    Map<String, Integer> events,
    long changes,
    int reloads,
    int leasesLost) {
  /** Whether everything was as promised. */
  public boolean isKept() {
    return failures.isEmpty() && reloads == 0 && leasesLost == 0 && !requests.isEmpty();
  }

  /** A table for people. */
  public List<String> lines() {
    List<Duration> took = requests.stream().map(Request::took).sorted().toList();
    var lines = new ArrayList<String>();
    line(lines, "requests", "%,d".formatted(requests.size()));
    line(lines, "failed", "%,d".formatted(failures.size()));
    line(lines, "failed at an instance just killed", "%,d".formatted(failedToKilled));
    line(
        lines,
        "  last of them after the kill",
        longestAfterKill.map(DrillReport::millis).orElse("-"));
    line(
        lines,
        "latency p50, p99, p99.9, most",
        "%s, %s, %s, %s"
            .formatted(
                millis(at(took, 0.5)),
                millis(at(took, 0.99)),
                millis(at(took, 0.999)),
                millis(at(took, 1))));
    line(lines, "registered to first request p50, most", middleAndMost(toFirstRequest));
    line(lines, "drained to last new request p50, most", middleAndMost(afterDrain));
    events.forEach((name, count) -> line(lines, name, Integer.toString(count)));
    line(lines, "changes made in HAProxy", "%,d".formatted(changes));
    line(lines, "reloads of HAProxy", Integer.toString(reloads));
    line(lines, "kept leases lost", Integer.toString(leasesLost));
    return lines;
  }

  private static void line(List<String> lines, String name, String value) {
    lines.add("%-40s %s".formatted(name, value));
  }

  private static String middleAndMost(List<Duration> durations) {
    List<Duration> sorted = durations.stream().sorted().toList();
    return millis(at(sorted, 0.5)) + ", " + millis(at(sorted, 1));
  }

  private static Duration at(List<Duration> sorted, double share) {
    return sorted.isEmpty()
        ? Duration.ZERO
        : sorted.get((int) Math.min(sorted.size() - 1L, (long) (sorted.size() * share)));
  }

  private static String millis(Duration duration) {
    return "%.1f ms".formatted(duration.toNanos() / 1e6);
  }
}
