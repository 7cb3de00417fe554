package dev.rollcall.chaos.simulation;

import java.util.Arrays;
import java.util.List;

/** How often each mark was hit. */
final class Marks {
  private final long[] hits = new long[Mark.values().length];

  void hit(Mark mark) {
    hits[mark.ordinal()]++;
  }

  void add(Marks other) {
    for (int i = 0; i < hits.length; i++) {
      hits[i] += other.hits[i];
    }
  }

  /** Those that were never hit. */
  List<Mark> missed() {
    return Arrays.stream(Mark.values()).filter(mark -> hits[mark.ordinal()] == 0).toList();
  }

  /** Those that were hit least often, with how often, least first. */
  String rarest(int count) {
    return Arrays.stream(Mark.values())
        .sorted((one, other) -> Long.compare(hits[one.ordinal()], hits[other.ordinal()]))
        .limit(count)
        .map(mark -> mark.name() + " " + hits[mark.ordinal()])
        .reduce((one, other) -> one + ", " + other)
        .orElseThrow();
  }
}
