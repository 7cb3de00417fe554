package dev.rollcall.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.chaos.check.RegisterModel.Answer;
import dev.rollcall.chaos.check.RegisterModel.Ask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The search against orders tried one by one, and against what must be so of any history. */
class LinearizabilityProperties {
  private static final int RUNS = 2000;
  private static final int OPERATIONS_MAX = 7;

  @Test
  void agreesWithBruteForceOnARegister() {
    var linearizable = new int[1];
    forEachSeed(random -> {
      var history = new RandomHistories(random).register(1 + random.nextInt(OPERATIONS_MAX));
      boolean expected = new BruteForce<>(new RegisterModel(), history).isLinearizable();
      linearizable[0] += expected ? 1 : 0;
      assertThat(isLinearizable(new RegisterModel(), history))
          .as("%s", history)
          .isEqualTo(expected);
    });
    // Else one side of the comparison would hardly be looked at.
    assertThat(linearizable[0]).isBetween(RUNS / 5, RUNS * 4 / 5);
  }

  @Test
  void agreesWithBruteForceOnKeysThatItTakesApart() {
    var linearizable = new int[1];
    forEachSeed(random -> {
      var history = new RandomHistories(random).keys(1 + random.nextInt(OPERATIONS_MAX));
      boolean expected = new BruteForce<>(new KeyValueModel(), history).isLinearizable();
      linearizable[0] += expected ? 1 : 0;
      assertThat(isLinearizable(new KeyValueModel(), history))
          .as("%s", history)
          .isEqualTo(expected);
    });
    assertThat(linearizable[0]).isBetween(RUNS / 5, RUNS * 4 / 5);
  }

  @Test
  void whatIsLinearizableStaysSoWhenItsIntervalsGrow() {
    forEachSeed(random -> {
      var history = new RandomHistories(random).register(1 + random.nextInt(OPERATIONS_MAX));
      var wider = new ArrayList<Operation<Ask, Answer>>();
      for (var each : history) {
        long returned =
            each.isOpen() || each.output().equals(Optional.of(new Answer.Done()))
                ? random.nextInt(8) == 0 ? Operation.NEVER : later(each.returned(), random)
                : later(each.returned(), random);
        wider.add(
            new Operation<>(
                each.client(),
                each.input(),
                each.output(),
                each.called() - random.nextInt(4),
                returned));
      }
      if (isLinearizable(new RegisterModel(), history)) {
        assertThat(isLinearizable(new RegisterModel(), wider)).as("%s", history).isTrue();
      }
    });
  }

  @Test
  void whatWasMadeByTakingEffectInOrderIsLinearizable() {
    forEachSeed(random -> {
      var history = new RandomHistories(random).linearizable(40);
      assertThat(isLinearizable(new RegisterModel(), history)).as("%s", history).isTrue();
    });
  }

  /** A value that nobody wrote, or only somebody who began after the read was over. */
  @Test
  void oneWrongReadAmongWritesOfUniqueValuesIsFound() {
    forEachSeed(random -> {
      var history = new ArrayList<>(new RandomHistories(random).linearizable(40));
      int changed = random.nextInt(history.size());
      var read = history.get(changed);
      if (read.input() instanceof Ask.Read) {
        int wrong =
            history.stream()
                .filter(other -> other.called() > read.returned())
                .map(Operation::input)
                .filter(input -> input instanceof Ask.Write && random.nextBoolean())
                .mapToInt(input -> ((Ask.Write) input).value())
                .findFirst()
                .orElse(999);
        Answer answer = new Answer.Held(OptionalInt.of(wrong));
        history.set(
            changed,
            new Operation<>(
                read.client(), read.input(), Optional.of(answer), read.called(), read.returned()));
        assertThat(isLinearizable(new RegisterModel(), history)).as("%s", history).isFalse();
      }
    });
  }

  private static long later(long moment, Random random) {
    return moment == Operation.NEVER ? moment : moment + random.nextInt(4);
  }

  private static <S, I, O> boolean isLinearizable(
      Model<S, I, O> model, List<Operation<I, O>> history) {
    var verdict = LinearizabilityChecker.check(model, history, Budget.ofSteps(1_000_000));
    assertThat(verdict).isNotInstanceOf(Verdict.TimedOut.class);
    return verdict instanceof Verdict.Linearizable;
  }

  private static void forEachSeed(Consumer<Random> run) {
    long firstSeed = new Random().nextLong();
    System.out.printf("linearizability: %d runs from seed %d%n", RUNS, firstSeed);
    for (long seed = firstSeed; seed < firstSeed + RUNS; seed++) {
      try {
        run.accept(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
