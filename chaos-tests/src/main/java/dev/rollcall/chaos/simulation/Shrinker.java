package dev.rollcall.chaos.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Cuts the faults of a failing run down to some without any of which it would not fail alike: delta
 * debugging over the schedule. A run with fewer faults is another run, in which the failure may
 * hide though its cause is there; so the result is small, not the smallest.
 */
final class Shrinker {
  private static final int RUNS_MAX = 150;

  private final Function<Scenario, Optional<Failure>> run;
  private int runs;

  /**
   * @param run tells how a scenario failed, if it did
   */
  Shrinker(Function<Scenario, Optional<Failure>> run) {
    this.run = run;
  }

  /** How many runs it took. */
  int runs() {
    return runs;
  }

  /** The failure of the same name with the fewest faults found; {@code failure} itself if none. */
  Failure shrink(Failure failure) {
    // What had not struck yet, or found nothing to strike, is cut at once.
    Failure best = without(failure, failure, List.of()).orElse(failure);
    int parts = 2;
    while (runs < RUNS_MAX && !best.strikes().isEmpty()) {
      int size = best.strikes().size();
      Optional<Failure> smaller = cutOnePart(failure, best, Math.min(parts, size));
      if (smaller.isPresent()) {
        best = smaller.get();
        parts = Math.max(2, parts - 1);
      } else if (parts >= size) {
        break;
      } else {
        parts *= 2;
      }
    }
    return best;
  }

  /** Leaves out one of so many equal parts. */
  private Optional<Failure> cutOnePart(Failure first, Failure now, int parts) {
    var strikes = new ArrayList<>(now.strikes());
    for (int part = 0; part < parts && runs < RUNS_MAX; part++) {
      int from = strikes.size() * part / parts;
      int to = strikes.size() * (part + 1) / parts;
      Optional<Failure> smaller = without(first, now, strikes.subList(from, to));
      if (smaller.isPresent()) {
        return smaller;
      }
    }
    return Optional.empty();
  }

  private Optional<Failure> without(Failure first, Failure now, List<Integer> cut) {
    runs++;
    var left = new TreeSet<>(now.strikes());
    cut.forEach(left::remove);
    return run.apply(first.scenario().withOnly(left))
        .filter(failure -> failure.name().equals(first.name()));
  }
}
