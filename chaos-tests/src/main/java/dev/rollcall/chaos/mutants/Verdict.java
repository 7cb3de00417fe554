package dev.rollcall.chaos.mutants;

import dev.rollcall.chaos.mutants.Trial.Death;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What became of a mutant.
 *
 * @param deaths one for each start; empty where it survived
 */
record Verdict(Mutant mutant, List<Optional<Death>> deaths) {
  Verdict {
    deaths = List.copyOf(deaths);
  }

  /** From every start: a mutant that dies by luck would live another day. */
  boolean isKilled() {
    return deaths.stream().allMatch(Optional::isPresent);
  }

  /** What killed it, each once, the most frequent first. */
  String killers() {
    var times =
        deaths.stream()
            .flatMap(Optional::stream)
            .collect(Collectors.groupingBy(Death::by, Collectors.counting()));
    String killers =
        times.entrySet().stream()
            .sorted((one, other) ->
                one.getValue().equals(other.getValue())
                    ? one.getKey().compareTo(other.getKey())
                    : Long.compare(other.getValue(), one.getValue()))
            .map(each -> each.getKey())
            .collect(Collectors.joining(", "));
    return isKilled() ? killers : killers.isEmpty() ? "SURVIVES" : "SURVIVES at times; " + killers;
  }

  /**
   * Median and maximum of the seeds that it took; a dash where it survived or none were counted.
   */
  String seeds() {
    List<Long> seeds =
        deaths.stream().flatMap(Optional::stream).map(Death::seeds).sorted().toList();
    return !isKilled() || seeds.getLast() == 0
        ? "–"
        : seeds.get(seeds.size() / 2) + " (" + seeds.getLast() + ")";
  }
}
