package dev.rollcall.chaos.simulation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How often each mark was hit. */
final class Marks {
  private final Map<Mark, Long> hits = new EnumMap<>(Mark.class);

  void hit(Mark mark) {
    hits.merge(mark, 1L, Long::sum);
  }

  void add(Marks other) {
    other.hits.forEach((mark, times) -> hits.merge(mark, times, Long::sum));
  }

  /** Those that were never hit. */
  List<Mark> missed() {
    return Arrays.stream(Mark.values()).filter(mark -> times(mark) == 0).toList();
  }

  /** Those that were hit least often, with how often, least first. */
  String rarest(int count) {
    return Arrays.stream(Mark.values())
        .sorted(Comparator.comparingLong(this::times))
        .limit(count)
        .map(mark -> mark.name() + " " + times(mark))
        .collect(Collectors.joining(", "));
  }

  private long times(Mark mark) {
    return hits.getOrDefault(mark, 0L);
  }
}
