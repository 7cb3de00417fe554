package dev.rollcall.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Over a world in which a known set of faults breaks a known promise. */
class ShrinkerTest {
  private static final Scenario WHOLE = Scenario.of(4711, 60);

  @Test
  void whatIsLeftIsWhatTheFailureNeeds() {
    List<Integer> needed =
        WHOLE.schedule().strikes().stream().map(Strike::number).filter(it -> it % 7 == 3).toList();
    assertThat(needed).hasSizeGreaterThan(1);
    var shrinker = new Shrinker(world(strikes -> strikes.containsAll(needed), "Promise"));

    Failure shrunk = shrinker.shrink(failure(WHOLE, "Promise"));

    assertThat(shrunk.strikes()).containsExactlyElementsOf(needed);
    assertThat(shrunk.scenario().command())
        .isEqualTo(
            "bin/simulate --seeds 1 --first-seed 4711 --seconds 60 --only-strikes "
                + needed.stream().map(String::valueOf).collect(Collectors.joining(",")));
  }

  @Test
  void anotherFailureIsNotTakenForIt() {
    var shrinker = new Shrinker(world(strikes -> strikes.size() < 20, "Another"));

    Failure whole = failure(WHOLE, "Promise");

    assertThat(shrinker.shrink(whole)).isSameAs(whole);
  }

  @Test
  void aFailureWithoutAnyFaultIsSaidToNeedNone() {
    Failure shrunk =
        new Shrinker(world(strikes -> true, "Promise")).shrink(failure(WHOLE, "Promise"));

    assertThat(shrunk.strikes()).isEmpty();
    assertThat(shrunk.scenario().command()).endsWith("--only-strikes none");
  }

  @Test
  void itGivesUpInTheEnd() {
    int[] salt = {0};
    var shrinker =
        new Shrinker(world(strikes -> (strikes.hashCode() + salt[0]++) % 3 == 0, "Promise"));

    shrinker.shrink(failure(WHOLE, "Promise"));

    assertThat(shrinker.runs()).isLessThanOrEqualTo(151);
  }

  private static Function<Scenario, Optional<Failure>> world(
      Predicate<Set<Integer>> breaks, String promise) {
    return scenario -> {
      Failure failure = failure(scenario, promise);
      return breaks.test(failure.strikes()) ? Optional.of(failure) : Optional.empty();
    };
  }

  /** Every strike of the schedule did something. */
  private static Failure failure(Scenario scenario, String promise) {
    var struck = new ArrayList<Struck>();
    scenario.schedule().strikes().forEach(it -> struck.add(new Struck(it, Optional.of("done"))));
    return new Failure(scenario, new Invariant.Broken(promise, "is broken"), struck);
  }
}
