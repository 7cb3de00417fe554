package dev.rollcall.chaos.interop;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.rollcall.chaos.process.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Findings for people and for programs, the slowest of each kind. One thread. */
final class ResultTable {
  private static final String FORMAT = "%-38s %-8s %10s %14s %14s%n";

  private final List<Finding> slowest = new ArrayList<>();

  void add(Finding finding) {
    for (int row = 0; row < slowest.size(); row++) {
      Finding there = slowest.get(row);
      if (isSameKind(there, finding) && there.isLeaderKilled() == finding.isLeaderKilled()) {
        slowest.set(row, there.took().compareTo(finding.took()) >= 0 ? there : finding);
        return;
      }
    }
    slowest.add(finding);
  }

  boolean isInTime() {
    return slowest.stream().allMatch(Finding::isInTime);
  }

  /** A line for each scenario and client, with and without a leader killed. */
  String text() {
    var text = new StringBuilder();
    text.append(
        FORMAT.formatted(
            "scenario (slowest of all rounds)", "client", "at most", "took", "leader killed"));
    for (Finding quiet : slowest) {
      if (!quiet.isLeaderKilled()) {
        Optional<Finding> killed =
            slowest.stream()
                .filter(other -> other.isLeaderKilled() && isSameKind(quiet, other))
                .findFirst();
        text.append(
            FORMAT.formatted(
                quiet.scenario(),
                quiet.client().word(),
                quiet.bound().map(Timing::seconds).orElse("-"),
                cell(quiet),
                killed.map(ResultTable::cell).orElse("-")));
      }
    }
    return text.toString();
  }

  /** An object for each finding. */
  JsonArray json() {
    var array = new JsonArray();
    for (Finding finding : slowest) {
      var object = new JsonObject();
      object.addProperty("scenario", finding.scenario());
      object.addProperty("client", finding.client().word());
      object.addProperty("leaderKilled", finding.isLeaderKilled());
      object.addProperty("tookMillis", finding.took().toMillis());
      finding.bound().ifPresent(bound -> object.addProperty("boundMillis", bound.toMillis()));
      object.addProperty("inTime", finding.isInTime());
      array.add(object);
    }
    return array;
  }

  private static boolean isSameKind(Finding one, Finding other) {
    return one.scenario().equals(other.scenario()) && one.client() == other.client();
  }

  private static String cell(Finding finding) {
    return Timing.seconds(finding.took()) + (finding.isInTime() ? "" : " LATE");
  }
}
