package dev.rollcall.bench;

import java.util.Arrays;
import java.util.List;

/** What several measurements of one thing came to. */
record Spread(double least, double median, double most, int count) {
  /** Of at least one. */
  static Spread of(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(sorted[0], median, Arrays.stream(sorted).max().orElseThrow(), sorted.length);
  }

  /**
   * The median, with the least and the most behind it.
   *
   * @param format of one value, such as {@code %.2f}
   */
  String show(String format) {
    return "%s (%s to %s, of %d)"
        .formatted(
            format.formatted(median), format.formatted(least), format.formatted(most), count);
  }
}
